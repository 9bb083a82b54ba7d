import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  type DataVolume,
  dataVolume,
  event,
  type FillState,
  fillRequestOf,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  selectedNodeAnnotation,
  storageClass,
  volumeStateAnnotation,
} from '@godwit/kinds';
import { ClaimController, VolumeController } from '../persistent-volume/index.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { DataVolumeController } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(new ClaimController(client), new VolumeController(client), new DataVolumeController(client));
  await cloud.addHost('host-1');
  await client.resource(storageClass).create({
    metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'godwit.dev/local',
    volumeBindingMode: 'WaitForFirstConsumer',
    reclaimPolicy: 'Delete',
  });
});

afterEach(() => cloud.close());

const IMMEDIATE = { 'cdi.kubevirt.io/storage.bind.immediate.requested': '' };
const storage = { resources: { requests: { storage: '1Gi' } } };

const create = (name: string, spec: DataVolume['spec'], annotations: Record<string, string> = IMMEDIATE) =>
  client.resource(dataVolume).create({ metadata: { name, namespace: 'default', annotations }, spec });
const find = (name: string) => client.resource(dataVolume).get({ namespace: 'default', name });
const claimOf = (name: string) => client.resource(persistentVolumeClaim).find({ namespace: 'default', name });

async function becomes(name: string, phase: string): Promise<void> {
  await cloud.until(`${name} is ${phase}`, async () => (await find(name)).status?.phase === phase);
}

/** What the agent of the host says of the volume. */
async function say(claimName: string, fill: FillState): Promise<void> {
  const name = (await claimOf(claimName))?.spec.volumeName ?? '';
  await client.resource(persistentVolume).modify({ name }, (draft) => {
    const state = JSON.stringify({ phase: 'Provisioned', sizeBytes: 2 ** 30, fill });
    draft.metadata.annotations = { ...draft.metadata.annotations, [volumeStateAnnotation]: state };
  });
}

test('an import: the claim says what to fetch, the status how far it is', async () => {
  const checksum = `sha256:${'0'.repeat(64)}`;
  await create('image', { source: { http: { url: 'http://images/debian.qcow2', checksum } }, storage });
  await becomes('image', 'ImportScheduled');
  const claim = await claimOf('image');
  assert.deepEqual(fillRequestOf(claim?.metadata.annotations), {
    from: 'http',
    url: 'http://images/debian.qcow2',
    checksum,
    contentType: 'kubevirt',
  });
  const volume = await client.resource(persistentVolume).get({ name: claim?.spec.volumeName ?? '' });
  assert.deepEqual(fillRequestOf(volume.metadata.annotations), fillRequestOf(claim?.metadata.annotations));
  await say('image', { phase: 'Running', progress: 42, restarts: 1 });
  await becomes('image', 'ImportInProgress');
  const running = (await find('image')).status;
  assert.deepEqual([running?.progress, running?.restartCount], ['42.0%', 1]);
  await say('image', { phase: 'Succeeded', restarts: 1 });
  await becomes('image', 'Succeeded');
  const { status } = await find('image');
  assert.equal(status?.progress, '100.0%');
  const holds = Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition.status]));
  assert.deepEqual(holds, { Bound: 'True', Ready: 'True', Running: 'False' });
  assert.equal(status?.claimName, 'image');
});

test('without the wish to be made at once a volume waits for its first user', async () => {
  await create('image', { source: { blank: {} }, storage }, {});
  await becomes('image', 'WaitForFirstConsumer');
  await client.resource(persistentVolumeClaim).modify({ namespace: 'default', name: 'image' }, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [selectedNodeAnnotation]: 'host-1' };
  });
  await becomes('image', 'ImportScheduled');
});

test('what the host cannot fetch is said where people look', async () => {
  await create('image', { source: { http: { url: 'http://images/none' } }, storage });
  await becomes('image', 'ImportScheduled');
  await say('image', { phase: 'Failed', restarts: 3, reason: 'NotFound', message: 'http://images/none: 404' });
  await becomes('image', 'Failed');
  const { status } = await find('image');
  const said = status?.conditions?.find(({ type }) => type === 'Running');
  assert.deepEqual([said?.reason, said?.message], ['NotFound', 'http://images/none: 404']);
  await cloud.until('there is an event', async () =>
    (await client.resource(event).list({ namespace: 'default' })).items.some(({ reason }) => reason === 'NotFound'),
  );
});

test('a transfer that breaks is tried again, and says so meanwhile', async () => {
  await create('image', { source: { http: { url: 'http://images/far' } }, storage });
  await becomes('image', 'ImportScheduled');
  await say('image', { phase: 'Running', restarts: 1, reason: 'DownloadFailed', message: 'the transfer broke' });
  await becomes('image', 'ImportInProgress');
  const condition = async () => (await find('image')).status?.conditions?.find(({ type }) => type === 'Running');
  const { status, reason, message } = (await condition()) ?? {};
  assert.deepEqual([status, reason, message], ['False', 'Error', 'the transfer broke']);
  await say('image', { phase: 'Running', restarts: 1, progress: 50 });
  await cloud.until('it runs again', async () => (await condition())?.status === 'True');
});

test('an upload waits for its bytes', async () => {
  await create('image', { source: { upload: {} }, storage });
  await becomes('image', 'UploadScheduled');
  await say('image', { phase: 'Ready', restarts: 0 });
  await becomes('image', 'UploadReady');
  await say('image', { phase: 'Succeeded', restarts: 0 });
  await becomes('image', 'Succeeded');
});

test('a copy is made of what stands still, on the host that has it, as large as it is', async () => {
  await create('original', { source: { blank: {} }, storage });
  await becomes('original', 'ImportScheduled');
  const source = { pvc: { namespace: 'default', name: 'original' } };
  await create('copy', { source, storage: {} });
  await becomes('copy', 'CloneScheduled');
  assert.equal(await claimOf('copy'), undefined);
  const user = { name: 'user', namespace: 'default' };
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'original' } }];
  await client.resource(pod).create({ metadata: user, spec: { containers: [{ name: 'c', image: 'i' }], volumes } });
  await say('original', { phase: 'Succeeded', restarts: 0 });
  await becomes('original', 'Succeeded');
  const reason = async () => (await find('copy')).status?.conditions?.[0]?.reason;
  await cloud.until('it waits for the user', async () => (await reason()) === 'CloneSourceInUse');
  await client.resource(pod).delete(user, { gracePeriodSeconds: 0 });
  await cloud.until('the claim is made', async () => (await claimOf('copy')) !== undefined);
  const claim = await claimOf('copy');
  assert.deepEqual(claim?.spec.resources?.requests, { storage: '1Gi' });
  assert.deepEqual(fillRequestOf(claim?.metadata.annotations), {
    from: 'volume',
    volumeName: (await claimOf('original'))?.spec.volumeName,
    contentType: 'kubevirt',
  });
});

test('copies from other namespaces, and sources that nobody here knows, are refused', async () => {
  await create('foreign', { source: { pvc: { namespace: 'kube-system', name: 'secrets' } }, storage });
  await becomes('foreign', 'Failed');
  await create('snapshot', { source: { snapshot: { namespace: 'default', name: 's' } }, storage });
  await becomes('snapshot', 'Failed');
  assert.equal(await claimOf('foreign'), undefined);
});

test('a claim of the same name that belongs to somebody else is left alone', async () => {
  await client.resource(persistentVolumeClaim).create({
    metadata: { name: 'image', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], ...storage },
  });
  await cloud.pass(10);
  await create('image', { source: { blank: {} }, storage });
  await cloud.until('it says so', async () => {
    const { status } = await find('image');
    return Boolean(status?.conditions?.some(({ reason }) => reason === 'ErrClaimNotOwned'));
  });
  assert.equal(fillRequestOf((await claimOf('image'))?.metadata.annotations), undefined);
});
