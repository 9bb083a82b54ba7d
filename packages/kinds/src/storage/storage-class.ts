import {
  boolean,
  defineKind,
  listOf,
  mapOf,
  type ObjectOfKind,
  object,
  oneOf,
  required,
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

export const storageClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  description: 'How volumes are made for claims.',
  body: object({
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
  }),
  immutable: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
});

export type StorageClass = ObjectOfKind<typeof storageClass>;
