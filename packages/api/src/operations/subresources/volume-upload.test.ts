import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReason, type VolumeAccess } from '@godwit/kinds';
import { openDoor, user } from '../testing/open-door.ts';

const at = { namespace: 'default' };
const dataVolumes = { group: 'cdi.kubevirt.io', version: 'v1beta1', plural: 'datavolumes', ...at };
const claims = { group: '', version: 'v1', plural: 'persistentvolumeclaims', ...at };
const volumes = { group: '', version: 'v1', plural: 'persistentvolumes' };
const resources = { requests: { storage: '1Gi' } };
const upload = { ...dataVolumes, name: 'disk', subresource: 'upload' };
const signal = new AbortController().signal;

async function* bytesOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(new TextEncoder().encode(text));
}

/** A DataVolume whose volume is on `host-1`, in that phase. */
async function stage(phase: string) {
  const received: string[] = [];
  const access: VolumeAccess = {
    upload: async (volumeName, bytes) => {
      let text = '';
      for await (const chunk of bytes) text += new TextDecoder().decode(chunk);
      received.push(`${volumeName}: ${text}`);
    },
  };
  const open = await openDoor({ volumes: (node) => (node === 'host-1' ? access : undefined) });
  const { door } = open;
  await door.create(dataVolumes, {
    metadata: { name: 'disk' },
    spec: { source: { upload: {} }, storage: { resources } },
  });
  const body = { status: { phase } };
  await door.patch({ ...dataVolumes, name: 'disk', subresource: 'status' }, { type: 'merge', body });
  await door.create(claims, {
    metadata: { name: 'disk' },
    spec: { resources, volumeName: 'pv', accessModes: ['ReadWriteOnce'] },
  });
  await door.create(volumes, {
    metadata: { name: 'pv', labels: { 'godwit.dev/host': 'host-1' } },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], csi: { driver: 'd', volumeHandle: 'pv' } },
  });
  return { ...open, received };
}

test('bytes go to the host that has the volume', async () => {
  const { operations, admin, received } = await stage('UploadReady');
  const document = await operations.upload(admin, upload, bytesOf('a di', 'sk'), signal);
  assert.equal(document.object.metadata.name, 'disk');
  assert.deepEqual(received, ['pv: a disk']);
});

test('only what waits for an upload takes one, and only from who may', async () => {
  const { operations, admin, received } = await stage('Succeeded');
  await assert.rejects(operations.upload(admin, upload, bytesOf('x'), signal), (error) => isReason(error, 'Conflict'));
  const nobody = { user: user('nobody') };
  await assert.rejects(operations.upload(nobody, upload, bytesOf('x'), signal), (error) =>
    isReason(error, 'Forbidden'),
  );
  const missing = { ...upload, name: 'none' };
  await assert.rejects(operations.upload(admin, missing, bytesOf('x'), signal), (error) => isReason(error, 'NotFound'));
  assert.deepEqual(received, []);
});
