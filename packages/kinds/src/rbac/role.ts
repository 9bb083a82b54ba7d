import { defineKind, listOf, type ObjectOfKind, object } from '../machinery/index.ts';
import { policyRule } from './rules.ts';

export const role = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
  nameRule: 'path-segment',
  description: 'What may be done in one namespace.',
  body: object({
    rules: listOf(policyRule, 'What is allowed.'),
  }),
});

export type Role = ObjectOfKind<typeof role>;
