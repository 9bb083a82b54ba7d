import { defineKind, listOf, type ObjectOfKind, object, oneOf, required, string } from './machinery/index.ts';
import { coreName } from './shared/openapi-names.ts';
import { resourceList } from './shared/resource-list.ts';

const scopeRequirement = object(
  {
    scopeName: required(string('Name of the scope.')),
    operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'How the scope relates to the values.')),
    values: listOf(string(), 'Values for In and NotIn.'),
  },
  'One rule about a scope.',
  coreName('ScopedResourceSelectorRequirement'),
);

export const resourceQuota = defineKind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  description: 'How much a namespace may use.',
  body: object({
    spec: object(
      {
        hard: resourceList('Most of each resource, such as requests.cpu or count/pods.'),
        scopes: listOf(string(), 'Which machines count, such as BestEffort.'),
        scopeSelector: object(
          { matchExpressions: listOf(scopeRequirement, 'Rules that must all hold.') },
          'Which machines count, by rules.',
          { ...coreName('ScopeSelector'), atomic: true },
        ),
      },
      'What is allowed.',
      coreName('ResourceQuotaSpec'),
    ),
    status: object(
      { hard: resourceList('What is allowed.'), used: resourceList('What is used.') },
      'What is used.',
      coreName('ResourceQuotaStatus'),
    ),
  }),
  subresources: { status: true },
});

export type ResourceQuota = ObjectOfKind<typeof resourceQuota>;
