import type { New } from '@godwit/client';
import {
  type Draft,
  type Stored,
  type VirtualMachine,
  type VirtualMachinePool,
  type VirtualMachineSpec,
  virtualMachinePool,
} from '@godwit/kinds';
import { controllerReference, versionHash } from '../framework/index.ts';

/** Label of a machine: the version of the template that it was made from. The name is KubeVirt's. */
export const REVISION_LABEL = 'kubevirt.io/vm-pool-revision-name';

/** Names the version of the pool's template. */
export function revisionOf(pool: Stored<VirtualMachinePool>): string {
  return `${pool.metadata.name}-${versionHash(pool.spec.virtualMachineTemplate)}`.slice(-63).replace(/^[^a-z0-9]+/, '');
}

export function nameOfMember(pool: Stored<VirtualMachinePool>, index: number): string {
  return `${pool.metadata.name}-${index}`;
}

/** The number in a member's name; undefined for an adopted machine that bears none. */
export function indexOfMember(pool: Stored<VirtualMachinePool>, machine: Stored<VirtualMachine>): number | undefined {
  const { name } = machine.metadata;
  const prefix = `${pool.metadata.name}-`;
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(0|[1-9]\d{0,8})$/.test(digits) ? Number(digits) : undefined;
}

/** The machine with this number. Its DataVolumes bear the number too, and so do configurations that are to. */
export function machineOfPool(pool: Stored<VirtualMachinePool>, index: number): New<VirtualMachine> {
  const { metadata } = pool.spec.virtualMachineTemplate;
  return {
    metadata: {
      name: nameOfMember(pool, index),
      ...(pool.metadata.namespace && { namespace: pool.metadata.namespace }),
      labels: { ...metadata?.labels, [REVISION_LABEL]: revisionOf(pool) },
      ...(metadata?.annotations && { annotations: metadata.annotations }),
      ownerReferences: [controllerReference(pool, virtualMachinePool)],
    },
    spec: specOfMember(pool, index),
  };
}

export function specOfMember(pool: Stored<VirtualMachinePool>, index: number | undefined): VirtualMachineSpec {
  const spec = structuredClone(pool.spec.virtualMachineTemplate.spec) as Draft<VirtualMachineSpec>;
  if (index === undefined) return spec as VirtualMachineSpec;
  const { appendIndexToConfigMapRefs, appendIndexToSecretRefs } = pool.spec.nameGeneration ?? {};
  const numbered = (name: string) => `${name}-${index}`;
  const own = new Set(spec.dataVolumeTemplates?.map(({ metadata }) => metadata?.name));
  for (const { metadata } of spec.dataVolumeTemplates ?? []) {
    if (metadata?.name !== undefined) metadata.name = numbered(metadata.name);
  }
  for (const { dataVolume, persistentVolumeClaim, configMap, secret } of spec.template.spec?.volumes ?? []) {
    if (dataVolume && own.has(dataVolume.name)) dataVolume.name = numbered(dataVolume.name);
    if (persistentVolumeClaim && own.has(persistentVolumeClaim.claimName)) {
      persistentVolumeClaim.claimName = numbered(persistentVolumeClaim.claimName);
    }
    if (configMap?.name && appendIndexToConfigMapRefs) configMap.name = numbered(configMap.name);
    if (secret?.secretName && appendIndexToSecretRefs) secret.secretName = numbered(secret.secretName);
  }
  return spec as VirtualMachineSpec;
}
