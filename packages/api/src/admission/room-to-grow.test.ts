import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject, type Pod, StatusFailure, thousandths, type VirtualMachineInstance } from '@godwit/kinds';
import { judgeBy } from '../operations/testing/judge-by.ts';
import { openDoor, pod, pods } from '../operations/testing/open-door.ts';

const CAPACITY = 1000;
const nodes = { group: '', version: 'v1', plural: 'nodes' };
const instances = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances', namespace: 'default' };

/** Thousandths of a core: what containers request, and a tenth of a core for each socket. */
function cpuOf(machine: KubeObject): number {
  if (machine.kind !== 'Pod') return ((machine as VirtualMachineInstance).spec.domain.cpu?.sockets ?? 1) * 100;
  return (machine as Pod).spec.containers.reduce(
    (sum, { resources }) => sum + thousandths(resources?.requests?.cpu),
    0,
  );
}

/** A host with one core, of which others have 600 m, and whose API keeps count. */
async function busyHost() {
  const cloud = await openDoor({
    allocations: judgeBy(({ others, machine }) => {
      const short = others.reduce((sum, other) => sum + cpuOf(other), cpuOf(machine)) - CAPACITY;
      return short > 0 ? [`${short} m of cpu are missing`] : [];
    }),
  });
  const { door } = cloud;
  await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'host' } });
  for (const [name, cpu] of [
    ['other', '600m'],
    ['web', '200m'],
  ] as const) {
    await door.create(
      pods,
      pod(name, {}, { containers: [{ name: 'main', image: 'i', resources: { requests: { cpu } } }] }),
    );
    await door.create({ ...pods, name, subresource: 'binding' }, { target: { kind: 'Node', name: 'host' } });
  }
  const resize = (cpu: string, more: object = {}) =>
    door.patch(
      { ...pods, name: 'web', subresource: 'resize' },
      {
        type: 'strategic',
        body: { spec: { containers: [{ name: 'main', resources: { requests: { cpu }, ...more } }] } },
      },
    );
  const cpu = async () =>
    ((await door.get({ ...pods, name: 'web' })) as Pod).spec.containers[0]?.resources?.requests?.cpu;
  return { ...cloud, resize, cpu };
}

test('a pod is resized as far as its host has room, and never refused to shrink', async () => {
  const { resize, cpu } = await busyHost();
  await resize('400m');
  assert.equal(await cpu(), '400m');
  await assert.rejects(resize('500m'), (error: unknown) => {
    assert.ok(error instanceof StatusFailure);
    assert.equal(error.reason, 'Conflict');
    assert.match(error.message, /does not fit on node "host": 100 m of cpu are missing/);
    return true;
  });
  assert.equal(await cpu(), '400m');
  await resize('100m');
  assert.equal(await cpu(), '100m');
});

test('two growths at the same time do not both get the last room', async () => {
  const { door, resize } = await busyHost();
  const other = door.patch(
    { ...pods, name: 'other', subresource: 'resize' },
    { type: 'strategic', body: { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '750m' } } }] } } },
  );
  const ends = await Promise.allSettled([other, resize('350m')]);
  assert.deepEqual(ends.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});

test('a running virtual machine grows as far as its host has room', async () => {
  const { door } = await busyHost();
  await door.create(instances, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm' },
    spec: { domain: { devices: {}, cpu: { sockets: 1, maxSockets: 8 }, memory: { guest: '64Mi' } } },
  });
  await door.create({ ...instances, name: 'vm', subresource: 'binding' }, { target: { kind: 'Node', name: 'host' } });
  const grow = (sockets: number) =>
    door.patch({ ...instances, name: 'vm' }, { type: 'merge', body: { spec: { domain: { cpu: { sockets } } } } });
  await grow(2);
  await assert.rejects(grow(3), /does not fit on node "host"/);
  await grow(1);
});

test('a resize changes cpu and memory and nothing else, and not how firm they are', async () => {
  const { resize, door } = await busyHost();
  const causes = async (change: Promise<unknown>) => {
    const error = await change.then(
      () => assert.fail('it was taken'),
      (refusal: unknown) => refusal,
    );
    assert.ok(error instanceof StatusFailure);
    return error.toStatus().details?.causes?.map(({ field }) => field);
  };
  const path = 'spec.containers[0].resources';
  assert.deepEqual(
    await causes(
      resize('200m', { requests: { cpu: '200m', 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }),
    ),
    [`${path}.requests.example.com/gpu`, `${path}.limits.example.com/gpu`],
  );
  assert.deepEqual(await causes(resize('200m', { requests: { cpu: null } })), [`${path}.requests.cpu`, 'spec']);
  const whole = { cpu: '200m', memory: '1Mi' };
  assert.deepEqual(await causes(resize('200m', { requests: whole, limits: whole })), ['spec']);
  const plain = { ...pods, name: 'web' };
  const body = { spec: { containers: [{ name: 'main', resources: { requests: { cpu: '300m' } } }] } };
  assert.deepEqual(await causes(door.patch(plain, { type: 'strategic', body })), ['spec']);
  const image = { spec: { containers: [{ name: 'main', image: 'other' }] } };
  assert.deepEqual(await causes(door.patch({ ...plain, subresource: 'resize' }, { type: 'strategic', body: image })), [
    'spec',
  ]);
});
