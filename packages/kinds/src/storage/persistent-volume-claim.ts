import {
  defineKind,
  listOf,
  mapOf,
  type ObjectOfKind,
  object,
  oneOf,
  required,
  string,
  time,
} from '../machinery/index.ts';
import { conditionStatus } from '../shared/condition.ts';
import { coreName } from '../shared/openapi-names.ts';
import { resourceList } from '../shared/resource-list.ts';
import { accessModes, persistentVolumeClaimSpec } from './persistent-volume-claim-spec.ts';

const claimCondition = object(
  {
    type: required(string('What the condition is about.')),
    status: required(conditionStatus),
    lastProbeTime: time('When it was last looked at.'),
    lastTransitionTime: time('When the status last changed.'),
    reason: string('Why, in one word.'),
    message: string('Why, in words.'),
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

export const persistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  description: 'Asks for a disk that outlives machines.',
  body: object({ spec: required(persistentVolumeClaimSpec), status }),
  subresources: { status: true },
});

export type PersistentVolumeClaim = ObjectOfKind<typeof persistentVolumeClaim>;
