import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  event,
  isNotFound,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  type StorageClass,
  type Stored,
  selectedNodeAnnotation,
  storageClass,
  volumeFinalizer,
  volumeStateAnnotation,
} from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { ClaimController, VolumeController } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;
let stopControllers: () => Promise<void>;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  stopControllers = cloud.run(new ClaimController(client), new VolumeController(client));
  await cloud.addHost('host-1');
});

afterEach(() => cloud.close());

const addClass = (name: string, over: Partial<StorageClass> = {}) =>
  client.resource(storageClass).create({
    metadata: { name },
    provisioner: 'godwit.dev/local',
    volumeBindingMode: 'Immediate',
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: true,
    ...over,
  });

const addClaim = (name: string, storageClassName: string | undefined, storage = '1Gi') =>
  client.resource(persistentVolumeClaim).create({
    metadata: { name, namespace: 'default' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage } },
      ...(storageClassName !== undefined && { storageClassName }),
    },
  });

const claimOf = (name: string) => client.resource(persistentVolumeClaim).find({ namespace: 'default', name });
const volumeOf = (name: string) => client.resource(persistentVolume).find({ name });

async function bound(name: string): Promise<Stored<PersistentVolumeClaim>> {
  await cloud.until(`${name} is bound`, async () => (await claimOf(name))?.status?.phase === 'Bound');
  return (await claimOf(name)) as Stored<PersistentVolumeClaim>;
}

/** What the agent of the host does: says how large the volume is, and lets go of what is deleted. */
const sayState = (name: string, sizeBytes: number) =>
  client.resource(persistentVolume).modify({ name }, (draft) => {
    const state = JSON.stringify({ phase: 'Provisioned', sizeBytes });
    draft.metadata.annotations = { ...draft.metadata.annotations, [volumeStateAnnotation]: state };
  });
const letGo = (name: string) =>
  client.resource(persistentVolume).modify({ name }, (draft) => {
    draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== volumeFinalizer);
  });

test('a claim of an immediate class gets a volume on a host that can make one', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  const claim = await bound('data');
  assert.deepEqual(claim.status?.capacity, { storage: '1Gi' });
  assert.deepEqual(claim.metadata.finalizers, ['kubernetes.io/pvc-protection']);
  const volume = await volumeOf(claim.spec.volumeName ?? '');
  assert.equal(volume?.metadata.labels?.['godwit.dev/host'], 'host-1');
  assert.equal(volume?.spec.claimRef?.uid, claim.metadata.uid);
  assert.equal(volume?.spec.persistentVolumeReclaimPolicy, 'Delete');
  await cloud.until(
    'the volume is bound',
    async () => (await volumeOf(volume?.metadata.name ?? ''))?.status?.phase === 'Bound',
  );
});

test('with its claim a volume goes, after its host has let go of it', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  const { volumeName = '' } = (await bound('data')).spec;
  await client.resource(persistentVolumeClaim).delete({ namespace: 'default', name: 'data' });
  await cloud.until('the claim is gone', async () => (await claimOf('data')) === undefined);
  await cloud.until('the volume is to go', async () =>
    Boolean((await volumeOf(volumeName))?.metadata.deletionTimestamp),
  );
  assert.deepEqual((await volumeOf(volumeName))?.metadata.finalizers, [volumeFinalizer]);
  await letGo(volumeName);
  assert.equal(await volumeOf(volumeName), undefined);
});

test('a volume that is to be retained stays, released', async () => {
  await addClass('kept', { reclaimPolicy: 'Retain' });
  await addClaim('data', 'kept');
  const { volumeName = '' } = (await bound('data')).spec;
  await client.resource(persistentVolumeClaim).delete({ namespace: 'default', name: 'data' });
  await cloud.until('the volume is released', async () => (await volumeOf(volumeName))?.status?.phase === 'Released');
  assert.equal((await volumeOf(volumeName))?.metadata.deletionTimestamp, undefined);
  // It is not given to the next claim: somebody's data is on it.
  await addClaim('other', 'kept');
  assert.notEqual((await bound('other')).spec.volumeName, volumeName);
});

test('a claim in use stays until its last user has gone', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  await bound('data');
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const metadata = { name: 'user', namespace: 'default' };
  const spec = { containers: [{ name: 'c', image: 'i' }], volumes };
  await client.resource(pod).create({ metadata, spec: { ...spec, nodeName: 'host-1' } });
  await cloud.pass(10);
  await client.resource(persistentVolumeClaim).delete({ namespace: 'default', name: 'data' });
  await cloud.pass(1000);
  assert.ok((await claimOf('data'))?.metadata.deletionTimestamp);
  await client.resource(pod).delete(metadata, { gracePeriodSeconds: 0 });
  await cloud.until('the claim is gone', async () => (await claimOf('data')) === undefined);
});

test('a claim does not wait for a machine that has no host, which would wait for the claim', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  await bound('data');
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }];
  const metadata = { name: 'user', namespace: 'default' };
  await client.resource(pod).create({ metadata, spec: { containers: [{ name: 'c', image: 'i' }], volumes } });
  await cloud.pass(10);
  await client.resource(persistentVolumeClaim).delete({ namespace: 'default', name: 'data' });
  await cloud.until('the claim is gone', async () => (await claimOf('data')) === undefined);
});

test('a claim grows where its class allows it, and has grown when its host says so', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  const { volumeName = '' } = (await bound('data')).spec;
  await sayState(volumeName, 2 ** 30);
  const ask = (storage: string) =>
    client.resource(persistentVolumeClaim).modify({ namespace: 'default', name: 'data' }, (draft) => {
      draft.spec.resources = { requests: { storage } };
    });
  await ask('2Gi');
  await cloud.until(
    'the volume is to grow',
    async () => (await volumeOf(volumeName))?.spec.capacity?.storage === '2Gi',
  );
  await cloud.until('it is growing', async () =>
    Boolean((await claimOf('data'))?.status?.conditions?.some(({ type }) => type === 'Resizing')),
  );
  assert.deepEqual((await claimOf('data'))?.status?.capacity, { storage: '1Gi' });
  await sayState(volumeName, 2 ** 31);
  await cloud.until('it has grown', async () => (await claimOf('data'))?.status?.capacity?.storage === '2Gi');
  assert.equal((await claimOf('data'))?.status?.conditions?.length ?? 0, 0);
});

const ownVolume = (name: string, over: Partial<PersistentVolume['spec']> = {}) =>
  client.resource(persistentVolume).create({
    metadata: { name },
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
      storageClassName: '',
      hostPath: { path: `/srv/${name}` },
      ...over,
    },
  });

test('a volume that is there answers a claim: the smallest, or the one that is kept for it', async () => {
  await ownVolume('large', { capacity: { storage: '9Gi' } });
  await ownVolume('small');
  await ownVolume('tiny', { capacity: { storage: '1Mi' } });
  await ownVolume('other', { storageClassName: 'fast' });
  await ownVolume('reserved', { claimRef: { namespace: 'default', name: 'second' } });
  await cloud.until('they are available', async () => (await volumeOf('large'))?.status?.phase === 'Available');
  await addClaim('first', '');
  assert.equal((await bound('first')).spec.volumeName, 'small');
  await addClaim('second', '');
  assert.equal((await bound('second')).spec.volumeName, 'reserved');
  await cloud.until('it is bound', async () => (await volumeOf('reserved'))?.spec.claimRef?.uid !== undefined);
});

test('a claim that waits for its first user takes a volume of the host that was chosen', async () => {
  await addClass('manual', { provisioner: 'kubernetes.io/no-provisioner', volumeBindingMode: 'WaitForFirstConsumer' });
  const onHost = (host: string) => ({
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: [host] }] },
      ],
    },
  });
  await ownVolume('elsewhere', { storageClassName: 'manual', nodeAffinity: onHost('host-2') });
  await ownVolume('here', { storageClassName: 'manual', nodeAffinity: onHost('host-1') });
  await cloud.until('they are available', async () => (await volumeOf('here'))?.status?.phase === 'Available');
  await addClaim('data', 'manual');
  await cloud.pass(1000);
  assert.equal((await claimOf('data'))?.status?.phase, 'Pending');
  await client.resource(persistentVolumeClaim).modify({ namespace: 'default', name: 'data' }, (draft) => {
    draft.metadata.annotations = { ...draft.metadata.annotations, [selectedNodeAnnotation]: 'host-1' };
  });
  assert.equal((await bound('data')).spec.volumeName, 'here');
});

test('a claim that nothing answers says why', async () => {
  await addClaim('data', 'unknown');
  await cloud.until('it is said', async () =>
    (await client.resource(event).list({ namespace: 'default' })).items.some(
      ({ message }) => message === 'storageclass.storage.k8s.io "unknown" not found',
    ),
  );
  assert.equal((await claimOf('data'))?.status?.phase, 'Pending');
});

test('that a host cannot make the volume is told at the claim', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  const { volumeName = '' } = (await bound('data')).spec;
  await client.resource(persistentVolume).modify({ name: volumeName }, (draft) => {
    const state = JSON.stringify({ phase: 'Failed', message: 'no space left' });
    draft.metadata.annotations = { ...draft.metadata.annotations, [volumeStateAnnotation]: state };
  });
  await cloud.until('it is said', async () =>
    (await client.resource(event).list({ namespace: 'default' })).items.some(
      ({ reason, message }) => reason === 'ProvisioningFailed' && message?.endsWith('cannot be made: no space left'),
    ),
  );
});

test('a bound claim whose volume is taken away is lost', async () => {
  await addClass('fast');
  await addClaim('data', 'fast');
  const { volumeName = '' } = (await bound('data')).spec;
  await stopControllers();
  await client.resource(persistentVolume).modify({ name: volumeName }, (draft) => {
    draft.metadata.finalizers = [];
  });
  await client.resource(persistentVolume).delete({ name: volumeName });
  await assert.rejects(client.resource(persistentVolume).get({ name: volumeName }), isNotFound);
  cloud.run(new ClaimController(client), new VolumeController(client));
  await cloud.until('the claim is lost', async () => (await claimOf('data'))?.status?.phase === 'Lost');
});
