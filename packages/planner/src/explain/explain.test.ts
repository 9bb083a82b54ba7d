import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import {
  explainDecision,
  explainRefusal,
  type Host,
  type MachineRequest,
  type Policy,
  place,
  Snapshot,
  spreadPolicy,
} from '../index.ts';
import { exampleHost, exampleRequest, exampleSnapshot } from '../testing/examples.ts';

const host = (name: string, over: Partial<Host> = {}) =>
  exampleHost(name, { labels: {}, capacity: { cpu: 4000, memory: 2254857831, pods: 10 }, ...over });
const request = (over: Partial<MachineRequest> = {}) =>
  exampleRequest('new', { amounts: { cpu: 100, memory: 4 * 2 ** 30, pods: 1 }, ...over });

function refusal(question: MachineRequest, ...hosts: Host[]) {
  return explainRefusal(exampleSnapshot(hosts), question);
}

test('a refusal says how much is missing and what would help', () => {
  assert.deepEqual(refusal(request(), host('host-1')), {
    message: '0/1 nodes are available: 1 Insufficient memory (needs 4 GiB, has 2.1 GiB free).',
    remedies: ['ask for 1.9 GiB less memory, or add a larger host'],
  });
});

test('every obstacle of every host counts, and hosts with one obstacle are the nearest', () => {
  const taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' as const }];
  const found = refusal(
    request(),
    host('a'),
    host('b', { schedulable: false }),
    host('c', { taints, capacity: { cpu: 4000, memory: 2 ** 40, pods: 1 } }),
  );
  assert.equal(
    found.message,
    '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 1 node(s) were unschedulable, ' +
      '2 Insufficient memory (needs 4 GiB, has at most 2.1 GiB free).',
  );
  assert.deepEqual(found.remedies, [
    'ask for 1.9 GiB less memory, or add a larger host',
    'tolerate the taint {dedicated: db} of c, or remove it',
  ]);
});

test('making room helps where the host is large enough', () => {
  const snapshot = new Snapshot();
  snapshot.setHost(host('host-1', { capacity: { cpu: 4000, memory: 6 * 2 ** 30, pods: 10 } }));
  snapshot.put(request({ uid: 'other', amounts: { memory: 4 * 2 ** 30 } }), 'host-1');
  assert.deepEqual(explainRefusal(snapshot, request()).remedies, [
    'free 2 GiB more memory on host-1, or ask for 2 GiB less memory',
  ]);
});

test('several hosts that lack as little are named together, and who could move out of the way', () => {
  const capacity = { cpu: 4000, memory: 6 * 2 ** 30, pods: 10 };
  const snapshot = new Snapshot();
  for (const name of ['a', 'b', 'c']) {
    snapshot.setHost(host(name, { capacity }));
    snapshot.put(request({ uid: `on-${name}`, kind: 'VirtualMachineInstance', name: `on-${name}` }), name);
  }
  const told = () => explainRefusal(snapshot, request()).remedies;
  assert.deepEqual(told(), ['free 2 GiB more memory on any of 3 hosts (a, b, c), or ask for 2 GiB less memory']);
  snapshot.setHost(host('small', { capacity: { ...capacity, memory: 2 * 2 ** 30 } }));
  snapshot.put(request({ uid: 'y', kind: 'VirtualMachineInstance', name: 'y', amounts: { memory: 2 ** 31 } }), 'b');
  snapshot.remove('on-b');
  snapshot.put(request({ uid: 'z', name: 'z', namespace: 'other', amounts: { memory: 2 ** 30 } }), 'b');
  const before = snapshot.free('memory', 1);
  assert.deepEqual(told(), [
    'free 1 GiB more memory on b, or move pod/z of namespace other to small, or ask for 1 GiB less memory',
  ]);
  assert.equal(snapshot.free('memory', 1), before);
});

test('without hosts there is nothing to choose from', () => {
  assert.equal(refusal(request()).message, '0/0 nodes are available.');
});

test('a decision reads as sentences', () => {
  const decision = { v: 1, policy: 'spread', host: 'a', score: 0.87, of: 4, next: [['b', 0.8]], no: [[4, 2]] } as const;
  assert.equal(
    explainDecision(decision),
    'a was chosen from 4 hosts with 87 of 100 points (policy spread). Next were b with 80 of 100 points. ' +
      '2 lacked free memory.',
  );
});

/** `1.9 GiB`, `1.5 cores`, as an amount. */
function amountRead(text: string): number {
  const [, value = '', unit = ''] = /^([\d.]+) (\S+)$/.exec(text) ?? [];
  const power = ['B', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit);
  return power < 0 ? Math.round(Number(value) * 1000) : Math.floor(Number(value) * 1024 ** power);
}

test('what is said to help helps: on the hosts that it names, and by as much as it says', () => {
  const amount = fc.record({
    cpu: fc.integer({ min: 1, max: 5000 }),
    memory: fc.integer({ min: 1, max: 9 * 2 ** 30 }),
  });
  const machines = fc.array(fc.tuple(amount, fc.nat(2)), { maxLength: 12 });
  const ratios = fc.constantFrom(undefined, { cpu: 2, memory: 1.5 });
  fc.assert(
    fc.property(machines, amount, ratios, fc.nat(2), (bound, wanted, overcommit, cordoned) => {
      const policy: Policy = { ...spreadPolicy, ...(overcommit && { overcommit }) };
      const hosts = ['a', 'b', 'c'].map((name, row) => exampleHost(name, { schedulable: row !== cordoned }));
      const made = (asked: MachineRequest) => {
        const snapshot = exampleSnapshot(hosts);
        // Also more than there is: hosts may shrink.
        for (const [i, [amounts, on]] of bound.entries()) {
          snapshot.put(exampleRequest(`m${i}`, { amounts: { ...amounts, pods: 1 } }), hosts[on]?.name ?? '');
        }
        const fits = () => place(snapshot, [asked], policy, new SeededRandom(1)).placements[0]?.host;
        return { snapshot, fits };
      };
      const asked = exampleRequest('new', { amounts: { ...wanted, pods: 1 } });
      if (made(asked).fits() !== undefined) return;
      const { remedies } = explainRefusal(made(asked).snapshot, asked, policy);
      for (const remedy of remedies) {
        for (const [, size = '', resource = ''] of remedy.matchAll(/ask for ([\d.]+ \S+) less (\w+)/g)) {
          const less = Math.max(0, (asked.amounts[resource] ?? 0) - amountRead(size));
          const smaller = { ...asked, amounts: { ...asked.amounts, [resource]: less } };
          assert.ok(made(smaller).fits(), remedy);
        }
        for (const [, what = '', to = ''] of remedy.matchAll(/move pod\/(\S+) to (\S+?)(?=,|$)/g)) {
          const { snapshot, fits } = made(asked);
          const moved = snapshot.machines.get(what)?.request as MachineRequest;
          snapshot.remove(what);
          snapshot.put(moved, to);
          assert.ok(fits(), remedy);
        }
        const freed = [...remedy.matchAll(/free ([\d.]+ \S+) more (\w+) on (?:any of \d+ hosts \()?(\w+)/g)];
        const { snapshot, fits } = made(asked);
        for (const [, name = ''] of remedy.matchAll(/uncordon (\w+)/g)) snapshot.setHost(exampleHost(name));
        for (const [, size = '', resource = '', on = ''] of freed) {
          snapshot.columns(resource).used.add(snapshot.rowOf(on) as number, -amountRead(size));
        }
        if (freed.length > 0) assert.equal(fits(), freed[0]?.[3], remedy);
      }
    }),
    { numRuns: 500 },
  );
});
