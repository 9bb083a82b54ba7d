import type { Reference } from '../machinery/index.ts';
import type { Container } from './container.ts';
import type { Pod } from './pod-body.ts';
import type { Volume } from './volume.ts';

type Names = (plural: string, name: string | undefined) => void;

function fromContainer({ env, envFrom }: Pick<Container, 'env' | 'envFrom'>, add: Names): void {
  for (const { valueFrom } of env ?? []) {
    add('configmaps', valueFrom?.configMapKeyRef?.name);
    add('secrets', valueFrom?.secretKeyRef?.name);
  }
  for (const { configMapRef, secretRef } of envFrom ?? []) {
    add('configmaps', configMapRef?.name);
    add('secrets', secretRef?.name);
  }
}

function fromVolume(volume: Volume, add: Names): void {
  add('configmaps', volume.configMap?.name);
  add('secrets', volume.secret?.secretName);
  add('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName);
  for (const { configMap, secret } of volume.projected?.sources ?? []) {
    add('configmaps', configMap?.name);
    add('secrets', secret?.name);
  }
}

/** What the node of this pod must be able to read to run it. */
export function referencesOfPod(pod: Pod): readonly Reference[] {
  const { namespace } = pod.metadata;
  const found = new Map<string, Reference>();
  const add: Names = (plural, name) => {
    if (name) found.set(`${plural}/${name}`, { group: '', plural, name, ...(namespace && { namespace }) });
  };
  const { containers, initContainers = [], ephemeralContainers = [], volumes = [], imagePullSecrets = [] } = pod.spec;
  for (const container of [...containers, ...initContainers, ...ephemeralContainers]) fromContainer(container, add);
  for (const volume of volumes) fromVolume(volume, add);
  for (const { name } of imagePullSecrets) add('secrets', name);
  add('serviceaccounts', pod.spec.serviceAccountName);
  return [...found.values()];
}
