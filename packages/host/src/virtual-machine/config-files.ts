import { Failure } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import type { Stored, VirtualMachineInstance, VirtualMachineVolume } from '@godwit/kinds';
import { configMapFiles, type FileSet, type LabelledFiles, secretFiles, textBytes } from './api-files.ts';

/** Label of disks that show objects of the API where the user named none. */
const LABEL = 'cfgdata';
const TOKEN_SECONDS = 86_400;

/** The files of volumes that show objects of the API; undefined for other volumes. */
export async function configFiles(
  volume: VirtualMachineVolume,
  machine: Stored<VirtualMachineInstance>,
  client: ApiClient,
): Promise<LabelledFiles | undefined> {
  const { namespace = '' } = machine.metadata;
  const { configMap, secret, sysprep, serviceAccount, downwardAPI } = volume;
  if (configMap) {
    const files = await configMapFiles(client, namespace, configMap.name ?? '', configMap.optional === true);
    return { label: configMap.volumeLabel || LABEL, files };
  }
  if (secret) {
    const files = await secretFiles(client, namespace, secret.secretName ?? '', secret.optional === true);
    return { label: secret.volumeLabel || LABEL, files };
  }
  if (sysprep) {
    const files = sysprep.secret?.name
      ? await secretFiles(client, namespace, sysprep.secret.name, false)
      : await configMapFiles(client, namespace, sysprep.configMap?.name ?? '', false);
    return { label: 'sysprep', files };
  }
  if (serviceAccount) {
    return {
      label: LABEL,
      files: await accountFiles(serviceAccount.serviceAccountName ?? 'default', namespace, client),
    };
  }
  if (downwardAPI) {
    const files: FileSet = new Map();
    for (const { path, fieldRef } of downwardAPI.fields ?? []) {
      if (path) files.set(path, textBytes(field(machine, fieldRef?.fieldPath ?? '')));
    }
    return { label: downwardAPI.volumeLabel || LABEL, files };
  }
  return undefined;
}

/** As a pod finds them under /var/run/secrets/kubernetes.io/serviceaccount. */
async function accountFiles(name: string, namespace: string, client: ApiClient): Promise<FileSet> {
  const address = { group: '', version: 'v1', plural: 'serviceaccounts', namespace, name, subresource: 'token' };
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_SECONDS, audiences: [] },
  };
  const answer = (await client.door.create(address, request)) as { readonly status?: { readonly token?: string } };
  const authority = await configMapFiles(client, namespace, 'kube-root-ca.crt', true);
  const files: FileSet = new Map([
    ['namespace', textBytes(namespace)],
    ['token', textBytes(answer.status?.token ?? '')],
  ]);
  const certificate = authority.get('ca.crt');
  if (certificate) files.set('ca.crt', certificate);
  return files;
}

/** A field of the machine by Kubernetes' paths for the downward API. */
function field(machine: Stored<VirtualMachineInstance>, path: string): string {
  const { metadata } = machine;
  const map = /^metadata\.(labels|annotations)(?:\['([^']+)'\])?$/.exec(path);
  if (map) {
    const values = metadata[map[1] as 'labels' | 'annotations'] ?? {};
    if (map[2] !== undefined) return values[map[2]] ?? '';
    return Object.entries(values)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join('\n');
  }
  const values: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'status.nodeName': machine.status?.nodeName,
    'spec.hostname': machine.spec.hostname,
  };
  const value = values[path];
  if (value === undefined) throw new Failure('bad-volume', `the machine has no field ${path} to show`);
  return value;
}
