import { textColumn } from '../columns/index.ts';
import { defineKind, type KindOf, listOf, object, type Static } from '../machinery/index.ts';
import { validateRules } from './rbac-validation.ts';
import { policyRule } from './rules.ts';

const body = object({
  rules: listOf(policyRule, 'What is allowed.'),
});

export type Role = KindOf<Static<typeof body>>;

export const role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  nameRule: 'path-segment',
  description: 'What may be done in one namespace.',
  validate: (item) => validateRules(item.rules, true),
  columns: [textColumn('Created At', 'When it was created.', (item: Role) => item.metadata.creationTimestamp ?? '')],
  body,
});
