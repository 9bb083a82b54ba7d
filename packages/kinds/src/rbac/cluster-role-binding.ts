import { defineKind, listOf, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { bindingColumns, defaultBinding } from './bindings.ts';
import { validateBinding } from './rbac-validation.ts';
import { roleRef, subject } from './rules.ts';

export const clusterRoleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
  nameRule: 'path-segment',
  description: 'Gives a cluster role to subjects everywhere.',
  defaults: (draft) => defaultBinding(draft),
  validate: (item) => validateBinding(item, false),
  columns: bindingColumns,
  body: object({
    subjects: listOf(subject, 'Who gets the role.'),
    roleRef: required(roleRef),
  }),
  immutable: ['roleRef'],
});

export type ClusterRoleBinding = ObjectOfKind<typeof clusterRoleBinding>;
