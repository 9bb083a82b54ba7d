import { listOf, object, required, type Static, string } from '../machinery/index.ts';
import { rbacName } from '../shared/openapi-names.ts';

export const policyRule = object(
  {
    verbs: required(listOf(string(), 'What may be done; * for all.')),
    apiGroups: listOf(string(), 'API groups; * for all.'),
    resources: listOf(string(), 'Resources, such as pods or pods/log; * for all.'),
    resourceNames: listOf(string(), 'Names of single objects; all when empty.'),
    nonResourceURLs: listOf(string(), 'Paths such as /healthz or /metrics/*; cluster roles only.'),
  },
  'Allows verbs on resources.',
  rbacName('PolicyRule'),
);
export type PolicyRule = Static<typeof policyRule>;

export const subject = object(
  {
    kind: required(string('User, Group or ServiceAccount.')),
    apiGroup: string('rbac.authorization.k8s.io for users and groups, empty for service accounts.'),
    name: required(string('Name of the subject.')),
    namespace: string('Namespace of a service account.'),
  },
  'Who is meant.',
  { ...rbacName('Subject'), atomic: true },
);
export type Subject = Static<typeof subject>;

export const roleRef = object(
  {
    apiGroup: string('rbac.authorization.k8s.io, also by default.'),
    kind: required(string('Role or ClusterRole.')),
    name: required(string('Name of the role.')),
  },
  'The role that is given.',
  { ...rbacName('RoleRef'), atomic: true },
);
export type RoleRef = Static<typeof roleRef>;
