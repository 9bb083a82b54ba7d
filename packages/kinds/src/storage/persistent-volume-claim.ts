import { shortAccessModes, textColumn, wide } from '../columns/index.ts';
import {
  defineKind,
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
import { conditionFields } from '../shared/condition.ts';
import { coreName } from '../shared/openapi-names.ts';
import { resourceList } from '../shared/resource-list.ts';
import { validateClaim } from './claim-validation.ts';
import { accessModes, persistentVolumeClaimSpec } from './persistent-volume-claim-spec.ts';

const claimCondition = object(
  {
    ...conditionFields('What the condition is about.'),
    lastProbeTime: time('When it was last looked at.'),
  },
  'One aspect of how the claim stands.',
  coreName('PersistentVolumeClaimCondition'),
);

const status = object(
  {
    phase: oneOf(['Pending', 'Bound', 'Lost'], 'Whether a volume answers the claim.'),
    accessModes,
    capacity: resourceList('Size of the volume.'),
    conditions: listOf(claimCondition, 'How the claim stands.', { keys: ['type'] }),
    allocatedResources: resourceList('Size that is set aside while the volume grows.'),
    allocatedResourceStatuses: mapOf(string(), 'How growing stands, by resource.', { granular: true }),
    currentVolumeAttributesClassName: string('Class of attributes in use.'),
    modifyVolumeStatus: object(
      {
        targetVolumeAttributesClassName: string('Class that is wanted.'),
        status: required(string('Pending, InProgress or Infeasible.')),
      },
      'How a change of attributes stands.',
      coreName('ModifyVolumeStatus'),
    ),
  },
  'How the claim stands.',
  coreName('PersistentVolumeClaimStatus'),
);

const body = object({ spec: required(persistentVolumeClaimSpec), status });

export type PersistentVolumeClaim = KindOf<Static<typeof body>>;

export const persistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  description: 'Asks for a disk that outlives machines.',
  body,
  validate: validateClaim,
  defaults: (draft) => {
    draft.spec.volumeMode ||= 'Filesystem';
    draft.status = { ...draft.status, phase: draft.status?.phase ?? 'Pending' };
  },
  columns: [
    textColumn('Status', 'Whether a volume answers the claim.', (item: PersistentVolumeClaim) =>
      item.metadata.deletionTimestamp ? 'Terminating' : (item.status?.phase ?? 'Pending'),
    ),
    textColumn('Volume', 'The volume that answers.', (item: PersistentVolumeClaim) => item.spec.volumeName ?? ''),
    textColumn('Capacity', 'Size of the volume.', (item: PersistentVolumeClaim) =>
      item.spec.volumeName ? String(item.status?.capacity?.storage ?? '0') : '',
    ),
    textColumn('Access Modes', 'How the volume may be mounted.', (item: PersistentVolumeClaim) =>
      item.spec.volumeName ? shortAccessModes(item.status?.accessModes) : '',
    ),
    textColumn(
      'StorageClass',
      'Class of the volume.',
      (item: PersistentVolumeClaim) => item.spec.storageClassName ?? '',
    ),
    textColumn(
      'VolumeAttributesClass',
      'Class of changeable attributes.',
      (item: PersistentVolumeClaim) => item.spec.volumeAttributesClassName ?? '<unset>',
    ),
    wide(
      textColumn(
        'VolumeMode',
        'File system or block device.',
        (item: PersistentVolumeClaim) => item.spec.volumeMode ?? '',
      ),
    ),
  ],
  subresources: { status: true },
});
