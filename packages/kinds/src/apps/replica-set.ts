import { defineKind } from '../machinery/index.ts';
import { replicaSetColumns } from './apps-columns.ts';
import { defaultReplicaSet } from './apps-defaults.ts';
import { validateReplicaSet } from './apps-validation.ts';
import { replicaSetBody } from './replica-set-body.ts';

export const replicaSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  description: 'Keeps a number of equal pods running.',
  body: replicaSetBody,
  defaults: defaultReplicaSet,
  validate: validateReplicaSet,
  columns: replicaSetColumns,
  selectableFields: { 'status.replicas': (item) => String(item.status?.replicas ?? 0) },
  immutable: ['spec.selector'],
  subresources: {
    status: true,
    scale: {
      specReplicasPath: 'spec.replicas',
      statusReplicasPath: 'status.replicas',
      selectorPath: 'spec.selector',
    },
  },
});
