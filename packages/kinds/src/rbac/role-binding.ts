import { defineKind, listOf, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { bindingColumns, defaultBinding } from './bindings.ts';
import { validateBinding } from './rbac-validation.ts';
import { roleRef, subject } from './rules.ts';

export const roleBinding = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
  nameRule: 'path-segment',
  description: 'Gives a role to subjects in one namespace.',
  defaults: (draft) => defaultBinding(draft),
  validate: (item) => validateBinding(item, true),
  columns: bindingColumns,
  body: object({
    subjects: listOf(subject, 'Who gets the role.'),
    roleRef: required(roleRef),
  }),
  immutable: ['roleRef'],
});

export type RoleBinding = ObjectOfKind<typeof roleBinding>;
