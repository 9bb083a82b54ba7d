import {
  type DataVolume,
  type FillRequest,
  fillAnnotation,
  type PersistentVolumeClaim,
  type Stored,
} from '@godwit/kinds';

/** The claim of a DataVolume: what it asks for, with sensible values for what `storage` leaves open. */
export function claimOfDataVolume(
  dataVolume: Stored<DataVolume>,
  request: FillRequest,
  original: PersistentVolumeClaim | undefined,
): Omit<PersistentVolumeClaim, 'apiVersion' | 'kind'> {
  const { metadata, spec } = dataVolume;
  const { name, uid, namespace = '', labels, annotations } = metadata;
  const asked = spec.pvc ?? spec.storage ?? {};
  const storage = asked.resources?.requests?.storage ?? original?.spec.resources?.requests?.storage;
  const owner = { apiVersion: 'cdi.kubevirt.io/v1beta1', kind: 'DataVolume', name, uid, controller: true };
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/'));
  return {
    metadata: {
      name,
      namespace,
      ...(labels && { labels }),
      annotations: {
        ...Object.fromEntries(kept),
        [fillAnnotation]: JSON.stringify(request),
      },
      ownerReferences: [{ ...owner, blockOwnerDeletion: true }],
    },
    spec: {
      ...asked,
      accessModes: asked.accessModes?.length ? asked.accessModes : ['ReadWriteOnce'],
      volumeMode: asked.volumeMode ?? 'Filesystem',
      resources: { ...asked.resources, requests: { ...asked.resources?.requests, ...(storage && { storage }) } },
    },
  };
}
