import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import type { Stored, VirtualMachineInstance, VirtualMachineVolume } from '@godwit/kinds';
import { base64Bytes, type FileSet, type LabelledFiles, secretFiles, textBytes } from './api-files.ts';

type CloudInit = NonNullable<VirtualMachineVolume['cloudInitNoCloud']>;

interface Seed {
  readonly userData: Uint8Array;
  readonly networkData: Uint8Array | undefined;
  readonly instanceId: string;
  readonly hostname: string;
  readonly keys: readonly string[];
}

/** The seed of a cloud-init volume, in the layout that its kind asks for; undefined for other volumes. */
export async function cloudInitFiles(
  volume: VirtualMachineVolume,
  machine: Stored<VirtualMachineInstance>,
  client: ApiClient,
): Promise<LabelledFiles | undefined> {
  const { cloudInitNoCloud, cloudInitConfigDrive } = volume;
  const source = cloudInitNoCloud ?? cloudInitConfigDrive;
  if (!source) return undefined;
  const { namespace = '' } = machine.metadata;
  const method = cloudInitNoCloud ? 'noCloud' : 'configDrive';
  const [userData, networkData, keys] = await Promise.all([
    data(source.userData, source.userDataBase64, source.secretRef?.name, ['userdata', 'userData'], namespace, client),
    networkDataOf(source, namespace, client),
    publicKeys(machine, method, client),
  ]);
  const seed: Seed = {
    userData: userData ?? textBytes('#cloud-config\n'),
    networkData,
    keys,
    instanceId: `${machine.metadata.name}.${namespace}`,
    hostname: hostnameOf(machine),
  };
  return cloudInitNoCloud ? noCloud(seed) : configDrive(seed);
}

/** The guest's host name: as asked, else the machine's name up to its first dot. */
export function hostnameOf(machine: VirtualMachineInstance): string {
  return machine.spec.hostname || (machine.metadata.name ?? '').split('.')[0] || 'guest';
}

/** https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html */
function noCloud({ userData, networkData, instanceId, hostname, keys }: Seed): LabelledFiles {
  const lines = [`instance-id: ${instanceId}`, `local-hostname: ${hostname}`];
  if (keys.length > 0) lines.push('public-keys:', ...keys.map((key) => `  - ${JSON.stringify(key)}`));
  const files: FileSet = new Map([
    ['meta-data', textBytes(`${lines.join('\n')}\n`)],
    ['user-data', userData],
  ]);
  if (networkData) files.set('network-config', networkData);
  return { label: 'cidata', files };
}

/** https://cloudinit.readthedocs.io/en/latest/reference/datasources/configdrive.html */
function configDrive({ userData, networkData, instanceId, hostname, keys }: Seed): LabelledFiles {
  const facts = {
    uuid: instanceId,
    instance_id: instanceId,
    hostname,
    local_hostname: hostname,
    ...(keys.length > 0 && { public_keys: Object.fromEntries(keys.map((key, index) => [String(index), key])) }),
  };
  const files: FileSet = new Map([
    ['openstack/latest/meta_data.json', textBytes(JSON.stringify(facts))],
    ['openstack/latest/user_data', userData],
  ]);
  if (networkData) files.set('openstack/latest/network_data.json', networkData);
  return { label: 'config-2', files };
}

function networkDataOf(source: CloudInit, namespace: string, client: ApiClient): Promise<Uint8Array | undefined> {
  const { networkData, networkDataBase64, networkDataSecretRef } = source;
  const keys = ['networkdata', 'networkData'];
  return data(networkData, networkDataBase64, networkDataSecretRef?.name, keys, namespace, client);
}

/** Text as it is, or decoded, or from the first of `keys` that a Secret has. */
async function data(
  text: string | undefined,
  encoded: string | undefined,
  secretName: string | undefined,
  keys: readonly string[],
  namespace: string,
  client: ApiClient,
): Promise<Uint8Array | undefined> {
  if (text) return textBytes(text);
  if (encoded) return base64Bytes(encoded, 'cloud-init data');
  if (!secretName) return undefined;
  const files = await secretFiles(client, namespace, secretName, false);
  const key = keys.find((name) => files.has(name));
  if (key === undefined) throw new Failure('missing-object', `secret ${secretName} has no key ${keys.join(' or ')}`);
  return files.get(key);
}

async function publicKeys(
  machine: Stored<VirtualMachineInstance>,
  method: 'noCloud' | 'configDrive',
  client: ApiClient,
): Promise<string[]> {
  const names = (machine.spec.accessCredentials ?? []).flatMap(({ sshPublicKey }) => {
    const name = sshPublicKey?.source.secret?.secretName;
    return name && sshPublicKey.propagationMethod[method] ? [name] : [];
  });
  const sets = await Promise.all(
    names.map((name) => secretFiles(client, machine.metadata.namespace ?? '', name, false)),
  );
  return sets.flatMap((files) => [...files.values()]).flatMap(keyLines);
}

function keyLines(bytes: Uint8Array): string[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
