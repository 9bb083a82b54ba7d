import { textColumn } from '../columns/index.ts';
import { defineKind, type KindOf, listOf, object, type Static } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { rbacName } from '../shared/openapi-names.ts';
import { validateRules } from './rbac-validation.ts';
import { policyRule } from './rules.ts';

const body = object({
  aggregationRule: object(
    { clusterRoleSelectors: listOf(labelSelector, 'Cluster roles whose rules are taken over.') },
    'Takes rules over from other roles.',
    rbacName('AggregationRule'),
  ),
  rules: listOf(policyRule, 'What is allowed.'),
});

export type ClusterRole = KindOf<Static<typeof body>>;

export const clusterRole = defineKind({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
  nameRule: 'path-segment',
  description: 'What may be done in the whole cloud, or in any namespace where it is bound.',
  validate: (item) => validateRules(item.rules, false),
  columns: [
    textColumn('Created At', 'When it was created.', (item: ClusterRole) => item.metadata.creationTimestamp ?? ''),
  ],
  body,
});
