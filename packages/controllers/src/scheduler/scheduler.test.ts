import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  event,
  node as nodeKind,
  type PersistentVolumeClaim,
  type Pod,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  storageClass,
  virtualMachine,
  virtualMachineInstance,
} from '@godwit/kinds';
import { ClaimController, VolumeController } from '../persistent-volume/index.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { VirtualMachineController } from '../virtual-machine/index.ts';
import { VirtualMachineInstanceController } from '../virtual-machine-instance/index.ts';
import { Scheduler } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(
    new Scheduler(client),
    new ClaimController(client),
    new VolumeController(client),
    new VirtualMachineController(client),
    new VirtualMachineInstanceController(client),
  );
});

afterEach(() => cloud.close());

function podOf(name: string, memory = '1Gi', spec: Partial<Pod['spec']> = {}) {
  return client.resource(pod).create({
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { memory } } }], ...spec },
  });
}

const find = (name: string) => client.resource(pod).get({ namespace: 'default', name });
const hostOf = async (name: string) => (await find(name)).spec.nodeName;

test('a pod gets a host, with the decision written beside it', async () => {
  await cloud.addHost('host-1');
  await podOf('web');
  await cloud.until('the pod is bound', async () => (await hostOf('web')) === 'host-1');
  const { metadata, status } = await find('web');
  const record = JSON.parse(metadata.annotations?.['godwit.dev/decision'] ?? '{}');
  assert.equal(record.host, 'host-1');
  assert.deepEqual([record.by, record.in.memory], ['default-scheduler', 2 ** 30]);
  assert.ok(record.at > 0 && Number(record.rev) > 0);
  assert.equal(status?.conditions?.find(({ type }) => type === 'PodScheduled')?.status, 'True');
});

test('a pod that fits nowhere is told why, and gets a host as soon as there is room', async () => {
  await cloud.addHost('host-1', { memory: '2Gi' });
  await podOf('first', '1500Mi');
  await cloud.until('the first is bound', async () => (await hostOf('first')) === 'host-1');
  await podOf('second', '1Gi');
  const refusal = async () => (await find('second')).status?.conditions?.find(({ type }) => type === 'PodScheduled');
  await cloud.until('the second is refused', async () => (await refusal())?.status === 'False');
  assert.match(
    (await refusal())?.message ?? '',
    /^0\/1 nodes are available: 1 Insufficient memory \(needs 1 GiB, has 548 MiB free\)\. It would fit if you free 476 MiB more memory on host-1/,
  );
  await cloud.until('there is an event', async () =>
    (await client.resource(event).list({ namespace: 'default' })).items.some(
      ({ reason }) => reason === 'FailedScheduling',
    ),
  );
  await client.resource(pod).delete({ namespace: 'default', name: 'first' }, { gracePeriodSeconds: 0 });
  await cloud.until('the second is bound', async () => (await hostOf('second')) === 'host-1', 5_000);
});

test('many pods at once never fill a host beyond its capacity', async () => {
  for (const name of ['host-1', 'host-2', 'host-3']) await cloud.addHost(name, { memory: '3Gi' });
  await Promise.all(Array.from({ length: 14 }, (_, index) => podOf(`web-${index}`)));
  const placed = async () => (await client.resource(pod).list({ namespace: 'default' })).items;
  await cloud.until('nine are bound', async () => (await placed()).filter(({ spec }) => spec.nodeName).length === 9);
  const counts = new Map<string, number>();
  for (const { spec } of await placed()) {
    if (spec.nodeName) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  }
  assert.deepEqual([...counts.values()], [3, 3, 3]);
  await cloud.addHost('host-4', { memory: '5Gi' });
  await cloud.until('all are bound', async () => (await placed()).every(({ spec }) => spec.nodeName), 5_000);
});

test('pods with scheduling gates, or of another scheduler, are left alone', async () => {
  await cloud.addHost('host-1');
  await podOf('gated', '1Mi', { schedulingGates: [{ name: 'wait' }] });
  await podOf('foreign', '1Mi', { schedulerName: 'other' });
  await podOf('mine', '1Mi');
  await cloud.until('the pod is bound', async () => (await hostOf('mine')) === 'host-1');
  assert.deepEqual([await hostOf('gated'), await hostOf('foreign')], [undefined, undefined]);
});

async function addClass(): Promise<void> {
  await client.resource(storageClass).create({
    metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'godwit.dev/local',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  });
}

function claimOf(name: string, over: Partial<PersistentVolumeClaim['metadata']> = {}) {
  return client.resource(persistentVolumeClaim).create({
    metadata: { name, namespace: 'default', ...over },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
}

const volumesOf = (claim: string): Partial<Pod['spec']> => ({
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
});

test('a volume is made where its first user runs, and holds later users there', async () => {
  await cloud.addHost('host-1', { memory: '2Gi' });
  await cloud.addHost('host-2', { memory: '2Gi' });
  await addClass();
  await claimOf('data');
  await Promise.all([podOf('one', '1Mi', volumesOf('data')), podOf('two', '1Mi', volumesOf('data'))]);
  await cloud.until('both are bound', async () => Boolean((await hostOf('one')) && (await hostOf('two'))));
  const host = await hostOf('one');
  assert.equal(await hostOf('two'), host);
  const claim = await client.resource(persistentVolumeClaim).get({ namespace: 'default', name: 'data' });
  assert.equal(claim.status?.phase, 'Bound');
  assert.equal(claim.spec.storageClassName, 'local');
  const volume = await client.resource(persistentVolume).get({ name: claim.spec.volumeName ?? '' });
  assert.equal(volume.metadata.labels?.['godwit.dev/host'], host);
  await cloud.until('the volume is bound', async () => {
    const found = await client.resource(persistentVolume).get({ name: volume.metadata.name });
    return found.status?.phase === 'Bound';
  });
});

test('a pod whose claim does not exist is told so', async () => {
  await cloud.addHost('host-1');
  await addClass();
  await podOf('web', '1Mi', volumesOf('missing'));
  await cloud.until('it is refused', async () => {
    const message = (await find('web')).status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
    return message === '0/1 nodes are available: persistentvolumeclaim "missing" not found.';
  });
  await claimOf('missing');
  await cloud.until('it is bound', async () => (await hostOf('web')) === 'host-1', 5_000);
});

test('a VirtualMachine makes an instance, which gets a host; one that is too large says so', async () => {
  await cloud.addHost('host-1', { memory: '2Gi' });
  const create = (name: string, guest: string) =>
    client.resource(virtualMachine).create({
      metadata: { name, namespace: 'default' },
      spec: { runStrategy: 'Always', template: { spec: { domain: { devices: {}, memory: { guest } } } } },
    });
  await create('small', '1Gi');
  const instance = () => client.resource(virtualMachineInstance).find({ namespace: 'default', name: 'small' });
  await cloud.until('it is scheduled', async () => (await instance())?.status?.phase === 'Scheduled');
  assert.equal((await instance())?.status?.nodeName, 'host-1');
  await create('large', '8Gi');
  const status = async (name: string) =>
    (await client.resource(virtualMachine).get({ namespace: 'default', name })).status?.printableStatus;
  await cloud.until('it cannot be scheduled', async () => (await status('large')) === 'ErrorUnschedulable');
  assert.equal(await status('small'), 'Starting');
  // Deleting it before it has a host leaves nothing.
  await client.resource(virtualMachine).delete({ namespace: 'default', name: 'large' });
  const left = () => client.resource(virtualMachine).find({ namespace: 'default', name: 'large' });
  await cloud.until('it is gone', async () => (await left()) === undefined);
});

test('who must be near another gets its host as soon as that one has one, however it came there', async () => {
  await cloud.addHost('host-1');
  const labelSelector = { matchLabels: { app: 'db' } };
  const topologyKey = 'kubernetes.io/hostname';
  const podAffinity = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector }] };
  const node = client.resource(nodeKind);
  const label = { type: 'merge', body: { metadata: { labels: { [topologyKey]: 'host-1' } } } } as const;
  await node.patch({ name: 'host-1' }, label);
  const isRefused = async (name: string) => (await find(name)).status?.conditions?.[0]?.status === 'False';
  for (const [friend, near, nodeName] of [
    ['by-hand', 'first', 'host-1'],
    ['by-scheduler', 'second', undefined],
  ] as const) {
    await podOf(near, '1Mi', { affinity: { podAffinity } });
    await cloud.until('it is refused', () => isRefused(near));
    await client.resource(pod).create({
      metadata: { name: friend, namespace: 'default', labels: labelSelector.matchLabels },
      spec: { containers: [{ name: 'c', image: 'i' }], ...(nodeName && { nodeName }) },
    });
    const beganMs = cloud.clock.monotonic();
    await cloud.until('it is bound', async () => (await hostOf(near)) === 'host-1');
    assert.ok(cloud.clock.monotonic() - beganMs < 5_000);
    for (const name of [friend, near])
      await client.resource(pod).delete({ namespace: 'default', name }, { gracePeriodSeconds: 0 });
  }
});
