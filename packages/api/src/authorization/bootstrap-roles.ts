import type { PolicyRule } from '@godwit/kinds';
import { authenticatedGroup, mastersGroup, nodesGroup, unauthenticatedGroup } from './user.ts';

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

const reading = ['get', 'list', 'watch'];
const writing = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const everything = [...writing, ...reading].sort();

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** What people work with in a namespace, by API group. */
const workloads: readonly (readonly [apiGroup: string, resources: readonly string[]])[] = [
  [
    '',
    [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'pods',
      'replicationcontrollers',
      'serviceaccounts',
      'services',
    ],
  ],
  [
    'apps',
    [
      'controllerrevisions',
      'daemonsets',
      'deployments',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
  ],
  ['batch', ['cronjobs', 'jobs']],
  ['autoscaling', ['horizontalpodautoscalers']],
  ['policy', ['poddisruptionbudgets']],
  ['networking.k8s.io', ['ingresses', 'networkpolicies']],
  [
    'kubevirt.io',
    [
      'virtualmachines',
      'virtualmachineinstances',
      'virtualmachineinstancemigrations',
      'virtualmachineinstancepresets',
      'virtualmachineinstancereplicasets',
      'virtualmachineinstancereplicasets/scale',
    ],
  ],
  ['pool.kubevirt.io', ['virtualmachinepools', 'virtualmachinepools/scale']],
  ['snapshot.kubevirt.io', ['virtualmachinesnapshots', 'virtualmachinesnapshotcontents', 'virtualmachinerestores']],
  ['clone.kubevirt.io', ['virtualmachineclones']],
  ['instancetype.kubevirt.io', ['virtualmachineinstancetypes', 'virtualmachinepreferences']],
  ['cdi.kubevirt.io', ['datavolumes', 'datasources', 'dataimportcrons']],
  ['godwit.dev', ['elasticpolicies', 'backuppolicies', 'backups', 'drills', 'floatingips', 'routers']],
];

/** Seen by everybody who may see a namespace, changed by nobody in it. */
const watched: readonly PolicyRule[] = [
  rule(
    '',
    [
      'bindings',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'pods/log',
      'pods/status',
      'resourcequotas',
      'resourcequotas/status',
      'services/status',
      'persistentvolumeclaims/status',
    ],
    reading,
  ),
  rule('apps', ['daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'], reading),
  rule('discovery.k8s.io', ['endpointslices'], reading),
  rule('events.k8s.io', ['events'], reading),
  rule('metrics.k8s.io', ['pods', 'nodes'], reading),
  rule('custom.metrics.k8s.io', ['*'], reading),
  rule('external.metrics.k8s.io', ['*'], reading),
  rule('godwit.dev', ['decisions', 'virtualmachineinstancemetrics'], reading),
  rule(
    'subresources.kubevirt.io',
    [
      'virtualmachineinstances/guestosinfo',
      'virtualmachineinstances/filesystemlist',
      'virtualmachineinstances/userlist',
      'virtualmachines/expand-spec',
    ],
    ['get'],
  ),
  rule('subresources.kubevirt.io', ['expand-vm-spec'], ['update']),
];

const orders = ['start', 'stop', 'restart', 'migrate', 'addvolume', 'removevolume', 'memorydump'];
const instanceOrders = ['pause', 'unpause', 'softreboot', 'reset', 'freeze', 'unfreeze', 'addvolume', 'removevolume'];

const viewRules: readonly PolicyRule[] = [
  ...workloads.map(([apiGroup, resources]) => rule(apiGroup, resources, reading)),
  ...watched,
];

const editRules: readonly PolicyRule[] = [
  ...viewRules,
  ...workloads.map(([apiGroup, resources]) => rule(apiGroup, resources, writing)),
  rule('', ['secrets'], everything),
  rule('', ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'], ['create', 'get']),
  rule('', ['pods/eviction', 'serviceaccounts/token', 'events'], ['create', 'patch', 'update']),
  rule('cdi.kubevirt.io', ['datavolumes/upload'], ['update']),
  rule('coordination.k8s.io', ['leases'], everything),
  rule(
    'subresources.kubevirt.io',
    orders.map((order) => `virtualmachines/${order}`),
    ['update'],
  ),
  rule(
    'subresources.kubevirt.io',
    instanceOrders.map((order) => `virtualmachineinstances/${order}`),
    ['update'],
  ),
  rule(
    'subresources.kubevirt.io',
    ['virtualmachineinstances/console', 'virtualmachineinstances/vnc', 'virtualmachineinstances/portforward'],
    ['get'],
  ),
  rule('kubevirt.io', ['virtualmachineinstances/console', 'virtualmachineinstances/vnc'], ['get']),
];

const adminRules: readonly PolicyRule[] = [
  ...editRules,
  rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
  rule(group, ['rolebindings', 'roles'], everything),
];

const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

function clusterRole(name: string, rules: readonly PolicyRule[]): object {
  return { apiVersion, kind: 'ClusterRole', metadata: { name, labels }, rules };
}

function binding(role: string, ...groups: readonly string[]): object {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: role, labels },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: groups.map((name) => ({ kind: 'Group', apiGroup: group, name })),
  };
}

const reviews = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
const publicPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const discoveryPaths = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...publicPaths];

/** Roles that every cloud begins with; people may change them. */
export const bootstrapRoles: readonly object[] = [
  clusterRole('cluster-admin', [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ]),
  clusterRole('admin', adminRules),
  clusterRole('edit', editRules),
  clusterRole('view', viewRules),
  clusterRole('system:basic-user', [
    rule('authorization.k8s.io', reviews, ['create']),
    rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
  ]),
  clusterRole('system:discovery', [{ nonResourceURLs: discoveryPaths, verbs: ['get'] }]),
  clusterRole('system:public-info-viewer', [{ nonResourceURLs: publicPaths, verbs: ['get'] }]),
  clusterRole('system:monitoring', [
    {
      nonResourceURLs: [
        '/healthz',
        '/healthz/*',
        '/livez',
        '/livez/*',
        '/metrics',
        '/metrics/slis',
        '/readyz',
        '/readyz/*',
      ],
      verbs: ['get'],
    },
  ]),
  // Sizes and preferences of the whole cloud are there for everybody to name.
  clusterRole('instancetype.kubevirt.io:view', [
    rule(
      'instancetype.kubevirt.io',
      ['virtualmachineclusterinstancetypes', 'virtualmachineclusterpreferences'],
      reading,
    ),
  ]),
  clusterRole('system:node', [
    rule('', ['services', 'endpoints', 'nodes', 'namespaces'], reading),
    rule('discovery.k8s.io', ['endpointslices'], reading),
  ]),
];

export const bootstrapBindings: readonly object[] = [
  binding('cluster-admin', mastersGroup),
  binding('system:basic-user', authenticatedGroup),
  binding('system:discovery', authenticatedGroup),
  binding('instancetype.kubevirt.io:view', authenticatedGroup),
  binding('system:public-info-viewer', authenticatedGroup, unauthenticatedGroup),
  binding('system:monitoring', 'system:monitoring'),
  binding('system:node', nodesGroup),
];
