import { textColumn } from '../columns/index.ts';
import {
  boolean,
  defineKind,
  type KindOf,
  listOf,
  mapOf,
  object,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';

const topologyTerm = object(
  {
    matchLabelExpressions: listOf(
      object(
        { key: required(string('Node label.')), values: required(listOf(string(), 'Allowed values.')) },
        'One rule about a node label.',
        coreName('TopologySelectorLabelRequirement'),
      ),
      'Rules that must all hold.',
    ),
  },
  'Places where volumes may be made.',
  { ...coreName('TopologySelectorTerm'), atomic: true },
);

const body = object({
  provisioner: required(string('Who makes the volumes.')),
  parameters: mapOf(string(), 'Settings of the provisioner.'),
  reclaimPolicy: oneOf(['Retain', 'Delete', 'Recycle'], 'What happens to a volume when its claim is gone.'),
  mountOptions: listOf(string(), 'Options of mount.'),
  allowVolumeExpansion: boolean('Whether claims may grow.'),
  volumeBindingMode: oneOf(
    ['Immediate', 'WaitForFirstConsumer'],
    'Whether a volume is made at once or where its first user runs.',
  ),
  allowedTopologies: listOf(topologyTerm, 'Places where volumes may be made.'),
});

export type StorageClass = KindOf<Static<typeof body>>;

export const storageClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  description: 'How volumes are made for claims.',
  body,
  defaults: (draft) => {
    draft.reclaimPolicy ||= 'Delete';
    draft.volumeBindingMode ||= 'Immediate';
  },
  columns: [
    textColumn('Name', 'Name of the class.', ({ metadata }: StorageClass) =>
      metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
        ? `${metadata.name} (default)`
        : `${metadata.name}`,
    ),
    textColumn('Provisioner', 'Who makes the volumes.', (item: StorageClass) => item.provisioner),
    textColumn(
      'ReclaimPolicy',
      'What happens to a volume when its claim is gone.',
      (item: StorageClass) => item.reclaimPolicy ?? '',
    ),
    textColumn('VolumeBindingMode', 'When a volume is made.', (item: StorageClass) => item.volumeBindingMode ?? ''),
    textColumn('AllowVolumeExpansion', 'Whether claims may grow.', (item: StorageClass) =>
      String(item.allowVolumeExpansion ?? false),
    ),
  ],
  immutable: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
});
