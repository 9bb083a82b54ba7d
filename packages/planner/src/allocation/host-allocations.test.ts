import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import type { KubeObject } from '@godwit/kinds';
import { HostAllocations } from './host-allocations.ts';

const node = (name: string): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu: '4', memory: '4Gi', pods: '6' } },
  }) as KubeObject;

interface Size {
  readonly cpu: number;
  readonly port: number;
  readonly ended: boolean;
}

const pod = (uid: string, { cpu, port, ended }: Size): KubeObject =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: uid, namespace: 'default', uid },
    spec: {
      containers: [
        {
          name: 'c',
          resources: { requests: { cpu: `${cpu}m` } },
          ...(port > 0 && { ports: [{ containerPort: 80, hostPort: port }] }),
        },
      ],
    },
    ...(ended && { status: { phase: 'Succeeded' } }),
  }) as KubeObject;

test('however machines came, changed and went, the answer is that of counting them anew', () => {
  const random = new SeededRandom(7);
  const pick = (most: number) => Math.floor(random.next() * most);
  const sizeOf = (): Size => ({ cpu: pick(16) * 100, port: pick(3) * 8000, ended: pick(5) === 0 });
  const kept = new HostAllocations();
  const there = new Map<string, KubeObject>();
  let refused = 0;
  for (let step = 0; step < 3_000; step++) {
    const uid = `pod-${pick(12)}`;
    const object = pick(3) > 0 ? pod(uid, sizeOf()) : undefined;
    if (object) there.set(uid, object);
    else there.delete(uid);
    kept.note('host', uid, object && { object });
    if (pick(2) === 0) continue;
    const machine = pod(`pod-${pick(16)}`, { ...sizeOf(), ended: false });
    const anew = new HostAllocations();
    for (const [each, one] of there) anew.note('host', each, { object: one });
    const answer = kept.refusals(node('host'), machine);
    assert.deepEqual(answer, anew.refusals(node('host'), machine), `step ${step}`);
    if (answer.length > 0) refused++;
  }
  assert.ok(refused > 100 && refused < 1_400, `${refused} were refused`);
});

test('objects are made only when somebody asks about their host, and only what changed since', () => {
  const kept = new HostAllocations();
  let made = 0;
  const machine = (uid: string) => ({
    get object() {
      made++;
      return pod(uid, { cpu: 100, port: 0, ended: false });
    },
  });
  for (const uid of ['a', 'b', 'c']) kept.note('host', uid, machine(uid));
  kept.note('other', 'd', machine('d'));
  assert.equal(made, 0);
  const ask = () => kept.refusals(node('host'), pod('new', { cpu: 3_800, port: 0, ended: false }));
  assert.equal(ask().length, 1);
  assert.equal(made, 3);
  kept.note('host', 'b', undefined);
  assert.deepEqual(ask(), []);
  assert.equal(made, 3);
});

test('asking about a machine does not change what it holds', () => {
  const kept = new HostAllocations();
  const large = pod('a', { cpu: 3_000, port: 8_000, ended: false });
  kept.note('host', 'a', { object: large });
  assert.deepEqual(kept.refusals(node('host'), pod('a', { cpu: 4_000, port: 8_000, ended: false })), []);
  assert.equal(kept.refusals(node('host'), pod('b', { cpu: 1_500, port: 8_000, ended: false })).length, 2);
});
