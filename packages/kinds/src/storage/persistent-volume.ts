import { shortAccessModes, textColumn, wide } from '../columns/index.ts';
import {
  boolean,
  defineKind,
  isDeepEqual,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { nodeSelector } from '../pod/affinity.ts';
import { sharedSources } from '../pod/volume-sources.ts';
import { coreName } from '../shared/openapi-names.ts';
import { objectReference, secretReference } from '../shared/references.ts';
import { resourceList } from '../shared/resource-list.ts';
import { Faults } from '../validation/faults.ts';
import { accessModes, volumeMode } from './persistent-volume-claim-spec.ts';

const readOnly = boolean('Mounted read-only.');

const sources = {
  ...sharedSources(secretReference, true),
  local: object(
    { path: required(string('Path on the node.')), fsType: string('File system of the volume.') },
    'A directory or device of one node.',
    coreName('LocalVolumeSource'),
  ),
  csi: object(
    {
      driver: required(string('Name of the driver.')),
      volumeHandle: required(string('Name of the volume for the driver.')),
      readOnly,
      fsType: string('File system of the volume.'),
      volumeAttributes: mapOf(string(), 'Settings of the driver.'),
      controllerPublishSecretRef: secretReference,
      nodeStageSecretRef: secretReference,
      nodePublishSecretRef: secretReference,
      controllerExpandSecretRef: secretReference,
      nodeExpandSecretRef: secretReference,
    },
    'A volume of a CSI driver.',
    coreName('CSIPersistentVolumeSource'),
  ),
  azureFile: object(
    {
      secretName: required(string('Name of the Secret with the account.')),
      shareName: required(string('Name of the share.')),
      readOnly,
      secretNamespace: string('Namespace of the Secret.'),
    },
    'An Azure share.',
    coreName('AzureFilePersistentVolumeSource'),
  ),
  glusterfs: object(
    {
      endpoints: required(string('Name of the Endpoints.')),
      path: required(string('Name of the volume.')),
      readOnly,
      endpointsNamespace: string('Namespace of the Endpoints.'),
    },
    'A Gluster volume.',
    coreName('GlusterfsPersistentVolumeSource'),
  ),
  storageos: object(
    {
      volumeName: string('Name of the volume.'),
      volumeNamespace: string('StorageOS namespace.'),
      fsType: string('File system of the volume.'),
      readOnly,
      secretRef: objectReference,
    },
    'A StorageOS volume.',
    coreName('StorageOSPersistentVolumeSource'),
  ),
};

const spec = object(
  {
    capacity: resourceList('Size of the volume, under the name storage.'),
    accessModes,
    claimRef: { ...objectReference, json: { ...objectReference.json, 'x-kubernetes-map-type': 'granular' as const } },
    persistentVolumeReclaimPolicy: oneOf(['Retain', 'Delete', 'Recycle'], 'What happens when the claim is gone.'),
    storageClassName: string('Class that the volume belongs to.'),
    mountOptions: listOf(string(), 'Options of mount.'),
    volumeMode,
    nodeAffinity: object(
      { required: nodeSelector },
      'Nodes that can reach the volume.',
      coreName('VolumeNodeAffinity'),
    ),
    volumeAttributesClassName: string('Class of changeable attributes.'),
    ...sources,
  },
  'A disk and where it is.',
  coreName('PersistentVolumeSpec'),
);

const status = object(
  {
    phase: oneOf(['Pending', 'Available', 'Bound', 'Released', 'Failed'], 'Whether a claim holds the volume.'),
    message: string('Why the volume is in this phase.'),
    reason: string('Why, in one word.'),
    lastPhaseTransitionTime: time('When the phase last changed.'),
  },
  'How the volume stands.',
  coreName('PersistentVolumeStatus'),
);

const body = object({ spec: required(spec), status });

export type PersistentVolume = KindOf<Static<typeof body>>;

function pick(from: object, names: object): unknown {
  return Object.fromEntries(Object.entries(from).filter(([name]) => name in names));
}

export const persistentVolume = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  description: 'A disk that a claim can hold.',
  body,
  validate: (item, { old }) => {
    const faults = new Faults();
    const { capacity, accessModes: modes = [] } = item.spec;
    if (capacity?.storage === undefined) faults.required('spec.capacity', 'storage is required');
    if (modes.length === 0) faults.required('spec.accessModes');
    const given = Object.keys(sources).filter((name) => name in item.spec);
    if (given.length === 0) faults.required('spec', 'must specify a volume type');
    for (const extra of given.slice(1)) faults.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type');
    const moved = old && !isDeepEqual(pick(old.spec, sources), pick(item.spec, sources));
    if (moved)
      faults.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation');
    return faults.causes;
  },
  defaults: (draft) => {
    draft.spec.persistentVolumeReclaimPolicy ||= 'Retain';
    draft.spec.volumeMode ||= 'Filesystem';
    if (draft.spec.hostPath) draft.spec.hostPath.type ??= '';
    draft.status = { ...draft.status, phase: draft.status?.phase ?? 'Pending' };
  },
  columns: [
    textColumn('Capacity', 'Size of the volume.', (item: PersistentVolume) =>
      String(item.spec.capacity?.storage ?? ''),
    ),
    textColumn('Access Modes', 'How the volume may be mounted.', (item: PersistentVolume) =>
      shortAccessModes(item.spec.accessModes),
    ),
    textColumn(
      'Reclaim Policy',
      'What happens when the claim is gone.',
      (item: PersistentVolume) => item.spec.persistentVolumeReclaimPolicy ?? '',
    ),
    textColumn('Status', 'Whether a claim holds the volume.', (item: PersistentVolume) =>
      item.metadata.deletionTimestamp ? 'Terminating' : (item.status?.phase ?? ''),
    ),
    textColumn('Claim', 'The claim that holds the volume.', ({ spec: { claimRef } }: PersistentVolume) =>
      claimRef ? `${claimRef.namespace}/${claimRef.name}` : '',
    ),
    textColumn('StorageClass', 'Class of the volume.', (item: PersistentVolume) => item.spec.storageClassName ?? ''),
    textColumn(
      'VolumeAttributesClass',
      'Class of changeable attributes.',
      (item: PersistentVolume) => item.spec.volumeAttributesClassName ?? '<unset>',
    ),
    textColumn('Reason', 'Why the volume is in this phase.', (item: PersistentVolume) => item.status?.reason ?? ''),
    {
      ...textColumn('Age', 'Time since creation.', (item: PersistentVolume) => item.metadata.creationTimestamp ?? ''),
      type: 'date' as const,
    },
    wide(
      textColumn('VolumeMode', 'File system or block device.', (item: PersistentVolume) => item.spec.volumeMode ?? ''),
    ),
  ],
  subresources: { status: true },
});
