import {
  fillAnnotation,
  localDriver,
  localProvisioner,
  type Node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type Stored,
  volumeFinalizer,
  volumeHostLabel,
} from '@godwit/kinds';

/** Keeps a volume while a claim holds it. The name is Kubernetes'. */
export const volumeProtection = 'kubernetes.io/pv-protection';

const HOSTNAME_LABEL = 'kubernetes.io/hostname';

/** The name follows from the claim, so that making it twice makes one. */
export function volumeNameOf(claim: Stored<PersistentVolumeClaim>): string {
  return `pvc-${claim.metadata.uid}`;
}

/** The volume that a host makes for a claim. */
export function volumeOfClaim(
  claim: Stored<PersistentVolumeClaim>,
  storageClass: StorageClass,
  host: Stored<Node>,
): Omit<PersistentVolume, 'apiVersion' | 'kind'> {
  const { name, namespace = '', uid } = claim.metadata;
  const volumeName = volumeNameOf(claim);
  const fill = claim.metadata.annotations?.[fillAnnotation];
  return {
    metadata: {
      name: volumeName,
      labels: { [volumeHostLabel]: host.metadata.name },
      annotations: { 'pv.kubernetes.io/provisioned-by': localProvisioner, ...(fill && { [fillAnnotation]: fill }) },
      finalizers: [volumeProtection, volumeFinalizer],
    },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '0' },
      accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      storageClassName: storageClass.metadata.name ?? '',
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      ...(storageClass.mountOptions && { mountOptions: storageClass.mountOptions }),
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      nodeAffinity: { required: { nodeSelectorTerms: [termOf(host)] } },
      csi: { driver: localDriver, volumeHandle: volumeName },
    },
  };
}

function termOf({ metadata }: Stored<Node>) {
  const label = metadata.labels?.[HOSTNAME_LABEL];
  return label === undefined
    ? { matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [metadata.name] }] }
    : { matchExpressions: [{ key: HOSTNAME_LABEL, operator: 'In' as const, values: [label] }] };
}
