import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasCode, SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import type { KubeObject, VirtualMachineInstanceSpec } from '@godwit/kinds';
import type { VolumeSource } from '../hypervisor-driver.ts';
import { testInstance } from './test-support/instance.ts';
import { MemoryDoor } from './test-support/memory-door.ts';
import { prepareRequest } from './volume-requests.ts';

const random = new SeededRandom(1);
const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };

type Volume = NonNullable<VirtualMachineInstanceSpec['volumes']>[number];

function api(objects: Readonly<Record<string, KubeObject & Readonly<Record<string, unknown>>>> = {}): ApiClient {
  const door = new MemoryDoor();
  for (const [key, object] of Object.entries(objects)) door.put(key.split('/')[0] as string, object);
  return new ApiClient(door, world);
}

const object = (kind: string, name: string, rest: object) => {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'default' }, ...rest };
};

async function source(
  volume: Omit<Volume, 'name'>,
  client = api(),
  spec: Partial<VirtualMachineInstanceSpec> = {},
): Promise<VolumeSource> {
  const machine = testInstance('web', 'uid-1', { ...spec, volumes: [{ name: 'v', ...volume }] });
  const request = await prepareRequest(machine, client);
  return (request.volumes[0] as { source: VolumeSource }).source;
}

async function files(...input: Parameters<typeof source>): Promise<{ label: string; text: Record<string, string> }> {
  const found = await source(...input);
  assert.equal(found.type, 'files');
  if (found.type !== 'files') throw new Error('no files');
  const text = [...found.files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
  return { label: found.label, text: Object.fromEntries(text) as Record<string, string> };
}

const base64 = (text: string) => btoa(text);

describe('cloud-init', () => {
  test('NoCloud: user data as text, a name, an identity', async () => {
    const { label, text } = await files({
      cloudInitNoCloud: { userData: '#cloud-config\n', networkData: 'version: 2\n' },
    });
    assert.equal(label, 'cidata');
    assert.deepEqual(text, {
      'meta-data': 'instance-id: web.default\nlocal-hostname: web\n',
      'user-data': '#cloud-config\n',
      'network-config': 'version: 2\n',
    });
  });

  test('user data as base64 and from a Secret', async () => {
    assert.equal((await files({ cloudInitNoCloud: { userDataBase64: base64('abc') } })).text['user-data'], 'abc');
    const client = api({ 'secrets/s': object('Secret', 's', { data: { userdata: base64('from a secret') } }) });
    const { text } = await files({ cloudInitNoCloud: { secretRef: { name: 's' } } }, client);
    assert.equal(text['user-data'], 'from a secret');
  });

  test('ConfigDrive with public keys of a Secret', async () => {
    const client = api({
      'secrets/keys': object('Secret', 'keys', {
        data: { one: base64('ssh-ed25519 AAAA a\n# no key\nssh-rsa BBBB b\n') },
      }),
    });
    const sshPublicKey = { source: { secret: { secretName: 'keys' } }, propagationMethod: { configDrive: {} } };
    const { label, text } = await files({ cloudInitConfigDrive: { userData: 'x' } }, client, {
      hostname: 'named',
      accessCredentials: [{ sshPublicKey }],
    });
    assert.equal(label, 'config-2');
    const facts = JSON.parse(text['openstack/latest/meta_data.json'] ?? '') as Record<string, unknown>;
    assert.equal(facts.hostname, 'named');
    assert.deepEqual(facts.public_keys, { 0: 'ssh-ed25519 AAAA a', 1: 'ssh-rsa BBBB b' });
  });

  test('a Secret that does not exist is waited for', async () => {
    await assert.rejects(files({ cloudInitNoCloud: { secretRef: { name: 'none' } } }), (error) =>
      hasCode(error, 'missing-object'),
    );
  });
});

describe('objects as disks', () => {
  test('ConfigMap with text and bytes, Secret, label', async () => {
    const client = api({
      'configmaps/c': object('ConfigMap', 'c', { data: { a: 'text' }, binaryData: { b: base64('bytes') } }),
      'secrets/s': object('Secret', 's', { data: { password: base64('pw') } }),
    });
    assert.deepEqual((await files({ configMap: { name: 'c' } }, client)).text, { a: 'text', b: 'bytes' });
    assert.deepEqual(await files({ secret: { secretName: 's', volumeLabel: 'creds' } }, client), {
      label: 'creds',
      text: { password: 'pw' },
    });
  });

  test('what is optional may be missing, and then the disk is empty', async () => {
    assert.deepEqual((await files({ configMap: { name: 'none', optional: true } })).text, {});
    await assert.rejects(files({ configMap: { name: 'none' } }), (error) => hasCode(error, 'missing-object'));
  });

  test('downward API: name, labels, one annotation', async () => {
    const fields = [
      { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
      { path: 'host', fieldRef: { fieldPath: 'status.nodeName' } },
    ];
    assert.deepEqual((await files({ downwardAPI: { fields } })).text, { name: 'web', host: 'host-1' });
  });
});

describe('disks', () => {
  test('a claim is the volume that it is bound to; one that is not is waited for', async () => {
    const claim = { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound', capacity: { storage: '1Gi' } } };
    const client = api({ 'persistentvolumeclaims/c': object('PersistentVolumeClaim', 'c', claim) });
    const expected = { type: 'persistent', volume: 'pv-1', sizeBytes: 2 ** 30, readOnly: false, ephemeral: false };
    assert.deepEqual(await source({ persistentVolumeClaim: { claimName: 'c' } }, client), expected);
    assert.deepEqual(await source({ ephemeral: { persistentVolumeClaim: { claimName: 'c' } } }, client), {
      ...expected,
      readOnly: true,
      ephemeral: true,
    });
    await assert.rejects(source({ persistentVolumeClaim: { claimName: 'none' } }, client), (error) =>
      hasCode(error, 'volume-not-ready'),
    );
  });

  test('a data volume is not booted from before it is full', async () => {
    const claim = { spec: { volumeName: 'pv-1' }, status: { phase: 'Bound', capacity: { storage: '1Gi' } } };
    const filling = (phase: string) =>
      api({
        'persistentvolumeclaims/d': object('PersistentVolumeClaim', 'd', claim),
        'datavolumes/d': object('DataVolume', 'd', { spec: {}, status: { phase } }),
      });
    await assert.rejects(source({ dataVolume: { name: 'd' } }, filling('ImportInProgress')), /ImportInProgress/);
    assert.equal((await source({ dataVolume: { name: 'd' } }, filling('Succeeded'))).type, 'persistent');
  });

  test('images and empty disks', async () => {
    assert.deepEqual(await source({ containerDisk: { image: 'localhost/a:1' } }), {
      type: 'image',
      image: 'localhost/a:1',
      pullPolicy: 'IfNotPresent',
    });
    assert.deepEqual(await source({ emptyDisk: { capacity: '2Gi' } }), { type: 'empty', sizeBytes: 2 ** 31 });
  });

  test('what this host does not know is refused', async () => {
    await assert.rejects(source({ containerPath: { path: '/x' } }), (error) => hasCode(error, 'bad-volume'));
  });
});
