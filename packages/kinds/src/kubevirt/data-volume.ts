import {
  defineKind,
  int32,
  listOf,
  type ObjectOfKind,
  object,
  oneOf,
  required,
  string,
  time,
} from '../machinery/index.ts';
import { conditionStatus } from '../shared/condition.ts';
import { cdi } from './component-name.ts';
import { dataVolumeSpec } from './data-volume-spec.ts';
import { age } from './status-columns.ts';
import { validateDataVolume } from './validation/data-volume.ts';

/** Where a DataVolume stands. Succeeded and Failed are final; the words are CDI's. */
export const dataVolumePhases = [
  'Pending',
  'WaitForFirstConsumer',
  'PendingPopulation',
  'PVCBound',
  'ImportScheduled',
  'ImportInProgress',
  'CloneScheduled',
  'CloneInProgress',
  'SnapshotForSmartCloneInProgress',
  'CloneFromSnapshotSourceInProgress',
  'SmartClonePVCInProgress',
  'CSICloneInProgress',
  'ExpansionInProgress',
  'NamespaceTransferInProgress',
  'PrepClaimInProgress',
  'RebindInProgress',
  'UploadScheduled',
  'UploadReady',
  'Succeeded',
  'Failed',
  'Paused',
  'Unknown',
] as const;
export type DataVolumePhase = (typeof dataVolumePhases)[number];

const condition = object(
  {
    type: required(string('Ready, Bound or Running.')),
    status: required(conditionStatus),
    reason: string('Why, in one CamelCase word.'),
    message: string('Why, in words.'),
    lastTransitionTime: time('When the status last changed.'),
    lastHeartbeatTime: time('When it was last looked at.'),
  },
  'One aspect of how the volume stands.',
  cdi('DataVolumeCondition'),
);

export const dataVolume = defineKind({
  group: 'cdi.kubevirt.io',
  version: 'v1beta1',
  kind: 'DataVolume',
  plural: 'datavolumes',
  shortNames: ['dv', 'dvs'],
  categories: ['all'],
  description: 'A claim that is filled before it is used: from the web, an image, another claim, an upload.',
  body: object({
    spec: required(dataVolumeSpec),
    status: object(
      {
        phase: oneOf(dataVolumePhases, 'Where the volume stands.'),
        progress: string('How much is done, such as `42.0%`; N/A where it cannot be told.'),
        claimName: string('Name of the claim.'),
        restartCount: int32('How often the transfer began again.'),
        conditions: listOf(condition, 'Aspects of how the volume stands.'),
      },
      'How the volume stands.',
      cdi('DataVolumeStatus'),
    ),
  }),
  subresources: { status: true, others: ['upload'] },
  immutable: ['spec'],
  validate: validateDataVolume,
  columns: [
    { name: 'Phase', type: 'string', description: 'Where the volume stands.', value: (dv) => dv.status?.phase ?? null },
    {
      name: 'Progress',
      type: 'string',
      description: 'How much is done; N/A where it cannot be told.',
      value: (dv) => dv.status?.progress ?? null,
    },
    {
      name: 'Restarts',
      type: 'integer',
      description: 'How often the transfer began again.',
      value: (dv) => dv.status?.restartCount ?? null,
    },
    age,
  ],
  references: (dv) => {
    const source = dv.spec.source;
    const names: { group: string; plural: string; namespace: string; name: string }[] = [];
    const add = (plural: string, name: string | undefined) =>
      name && names.push({ group: '', plural, namespace: dv.metadata.namespace ?? '', name });
    for (const part of [source?.http, source?.registry, source?.s3]) {
      add('secrets', part?.secretRef);
      add('configmaps', part?.certConfigMap);
    }
    return names;
  },
});

export type DataVolume = ObjectOfKind<typeof dataVolume>;
export type DataVolumeStatus = NonNullable<DataVolume['status']>;
