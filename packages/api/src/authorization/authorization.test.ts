import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInKinds, type Door } from '@godwit/kinds';
import { Engine } from '../operations/engine.ts';
import type { Loose } from '../operations/testing/loose.ts';
import { configMap, configMaps, openDoor, pod, pods, user } from '../operations/testing/open-door.ts';
import { RbacIndex } from './rbac-index.ts';
import { anonymous, nodeUser } from './user.ts';

const group = 'rbac.authorization.k8s.io';
const rbac = (plural: string, namespace?: string) => ({
  group,
  version: 'v1',
  plural,
  ...(namespace !== undefined && { namespace }),
});
const jane = user('jane');

function bind(door: Door, role: string, subject: object, namespace?: string): Promise<unknown> {
  const plural = namespace === undefined ? 'clusterrolebindings' : 'rolebindings';
  return door.create(rbac(plural, namespace), {
    metadata: { generateName: 'b-' },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
    subjects: [subject],
  });
}

const person = (name: string) => ({ kind: 'User', apiGroup: group, name });

test('who has no role may do nothing but ask about himself', async () => {
  const { operations } = await openDoor();
  const door = operations.as(jane);
  await assert.rejects(door.list(configMaps), {
    code: 'Forbidden',
    message:
      'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"',
  });
  await assert.rejects(door.get({ ...pods, name: 'web', subresource: 'status' }), {
    message:
      'pods "web" is forbidden: User "jane" cannot get resource "pods/status" in API group "" in the namespace "default"',
  });
  await assert.rejects(operations.as(anonymous).list(rbac('clusterroles')), /at the cluster scope/);
  const who: Loose = await door.create(
    { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews' },
    {},
  );
  assert.equal(who.status.userInfo.username, 'jane');
  assert.throws(() => operations.authorizePath({ user: jane }, 'get', '/metrics'), { code: 'Forbidden' });
  operations.authorizePath({ user: jane }, 'get', '/apis/apps/v1');
});

test('a role binding gives rights in its namespace, a cluster role binding everywhere, and taking it away ends them', async () => {
  const { operations, door } = await openDoor();
  await door.create(configMaps, configMap('one'));
  const binding = (await bind(door, 'view', person('jane'), 'default')) as { metadata: { name: string } };
  const hers = operations.as(jane);
  assert.ok(await hers.get({ ...configMaps, name: 'one' }));
  await assert.rejects(hers.create(configMaps, configMap('two')), { code: 'Forbidden' });
  await assert.rejects(hers.list({ ...configMaps, namespace: 'kube-system' }), { code: 'Forbidden' });
  await assert.rejects(hers.get({ group: '', version: 'v1', plural: 'secrets', namespace: 'default', name: 's' }), {
    code: 'Forbidden',
  });
  await door.delete({ ...rbac('rolebindings', 'default'), name: binding.metadata.name });
  await operations.list({ user: user('x', 'system:masters') }, configMaps);
  await assert.rejects(hers.get({ ...configMaps, name: 'one' }), { code: 'Forbidden' });
  await bind(door, 'cluster-admin', { kind: 'Group', apiGroup: group, name: 'ops' });
  const ops = operations.as(user('joe', 'ops'));
  assert.ok(await ops.create({ ...configMaps, namespace: 'kube-system' }, configMap('any')));
});

test('rules name resources, subresources and single objects', async () => {
  const { operations, door } = await openDoor();
  await door.create(rbac('roles', 'default'), {
    metadata: { name: 'narrow' },
    rules: [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['mine'], verbs: ['get', 'update'] },
      { apiGroups: [''], resources: ['pods/status'], verbs: ['patch'] },
    ],
  });
  await door.create(rbac('rolebindings', 'default'), {
    metadata: { name: 'narrow' },
    roleRef: { apiGroup: group, kind: 'Role', name: 'narrow' },
    subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'default' }],
  });
  await door.create(configMaps, configMap('mine'));
  await door.create(configMaps, configMap('yours'));
  await door.create(pods, pod('web'));
  const robot = operations.as(user('system:serviceaccount:default:robot', 'system:serviceaccounts'));
  assert.ok(await robot.get({ ...configMaps, name: 'mine' }));
  await assert.rejects(robot.get({ ...configMaps, name: 'yours' }), { code: 'Forbidden' });
  await assert.rejects(robot.list(configMaps), { code: 'Forbidden' });
  const patch = { type: 'merge', body: { status: { message: 'hi' } } } as const;
  assert.ok(await robot.patch({ ...pods, name: 'web', subresource: 'status' }, patch));
  await assert.rejects(robot.patch({ ...pods, name: 'web' }, patch), { code: 'Forbidden' });
});

test('nobody gives rights that he does not have', async () => {
  const { operations, door } = await openDoor();
  await bind(door, 'admin', person('jane'), 'default');
  const hers = operations.as(jane);
  const role = (rules: object[]) => ({ metadata: { generateName: 'r-' }, rules });
  assert.ok(
    await hers.create(rbac('roles', 'default'), role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }])),
  );
  await assert.rejects(
    hers.create(rbac('roles', 'default'), role([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }])),
    /is attempting to grant RBAC permissions not currently held/,
  );
  await assert.rejects(bind(hers, 'cluster-admin', person('jane'), 'default'), { code: 'Forbidden' });
  assert.ok(await bind(hers, 'view', person('joe'), 'default'));
});

test('roles are put together from others by their labels', async () => {
  const { operations, door } = await openDoor();
  await door.create(rbac('clusterroles'), {
    metadata: { name: 'sum' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
  });
  await bind(door, 'sum', person('jane'));
  const hers = operations.as(jane);
  await assert.rejects(hers.list(configMaps), { code: 'Forbidden' });
  await door.create(rbac('clusterroles'), {
    metadata: { name: 'part', labels: { part: 'yes' } },
    rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
  });
  await door.list(configMaps);
  assert.ok(await hers.list(configMaps));
});

test('reviews answer what kubectl auth can-i asks', async () => {
  const { operations, door } = await openDoor();
  await bind(door, 'view', person('jane'), 'default');
  await door.list(rbac('rolebindings'));
  const reviews = (plural: string) => ({ group: 'authorization.k8s.io', version: 'v1', plural });
  const mayI = async (resourceAttributes: object): Promise<boolean> => {
    const review: Loose = await operations
      .as(jane)
      .create(reviews('selfsubjectaccessreviews'), { spec: { resourceAttributes } });
    return review.status.allowed;
  };
  assert.equal(await mayI({ verb: 'get', resource: 'pods', namespace: 'default' }), true);
  assert.equal(await mayI({ verb: 'create', resource: 'pods', namespace: 'default' }), false);
  assert.equal(await mayI({ verb: '*', resource: '*', group: '*' }), false);
  const other: Loose = await door.create(reviews('subjectaccessreviews'), {
    spec: { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } },
  });
  assert.equal(other.status.allowed, true);
  await assert.rejects(operations.as(jane).create(reviews('subjectaccessreviews'), { spec: { user: 'x' } }), {
    code: 'Forbidden',
  });
  const rules: Loose = await operations
    .as(jane)
    .create(reviews('selfsubjectrulesreviews'), { spec: { namespace: 'default' } });
  assert.ok(rules.status.resourceRules.some((rule: Loose) => rule.resources.includes('configmaps')));
  assert.ok(rules.status.nonResourceRules.some((rule: Loose) => rule.nonResourceURLs.includes('/healthz')));
});

test('a host reads what its machines mention and writes only what is its own', async () => {
  const { operations, door } = await openDoor();
  const secrets = { group: '', version: 'v1', plural: 'secrets', namespace: 'default' };
  await door.create(secrets, { metadata: { name: 'mine' } });
  await door.create(secrets, { metadata: { name: 'yours' } });
  const using = (name: string) => ({ volumes: [{ name: 'v', secret: { secretName: name } }] });
  for (const [name, node, secret] of [
    ['a', 'n1', 'mine'],
    ['b', 'n2', 'yours'],
  ] as const) {
    await door.create(pods, pod(name, {}, using(secret)));
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    await door.create(
      { ...pods, name, subresource: 'binding' },
      { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target },
    );
  }
  await door.list(pods);
  const host = operations.as(nodeUser('n1'));
  assert.ok(await host.get({ ...secrets, name: 'mine' }));
  await assert.rejects(host.get({ ...secrets, name: 'yours' }), { code: 'Forbidden' });
  await assert.rejects(host.list(secrets), { code: 'Forbidden' });
  const own = await host.list({ group: '', version: 'v1', plural: 'pods' }, { fieldSelector: 'spec.nodeName=n1' });
  assert.equal(own.items.length, 1);
  await assert.rejects(host.list({ group: '', version: 'v1', plural: 'pods' }), { code: 'Forbidden' });
  const status = { type: 'merge', body: { status: { phase: 'Running' } } } as const;
  assert.ok(await host.patch({ ...pods, name: 'a', subresource: 'status' }, status));
  await assert.rejects(host.patch({ ...pods, name: 'b', subresource: 'status' }, status), { code: 'Forbidden' });
  await assert.rejects(
    host.patch({ ...pods, name: 'a' }, { type: 'merge', body: { metadata: { labels: { x: 'y' } } } }),
    {
      code: 'Forbidden',
    },
  );
  const nodes = { group: '', version: 'v1', plural: 'nodes' };
  assert.ok(await host.create(nodes, { metadata: { name: 'n1' } }));
  await assert.rejects(host.create(nodes, { metadata: { name: 'n2' } }), { code: 'Forbidden' });
  const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace: 'kube-node-lease' };
  const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: 'n1' } });
  assert.ok(await host.update({ ...leases, name: 'n1' }, lease('n1')));
  await assert.rejects(host.create(leases, lease('n2')), { code: 'Forbidden' });
  await assert.rejects(host.create(configMaps, configMap('x')), { code: 'Forbidden' });
});

test('a check looks at the rules of the user, however many others there are', async () => {
  const { door, store, world } = await openDoor();
  for (let index = 0; index < 100; index++) await bind(door, 'edit', person(`user-${index}`), 'default');
  await bind(door, 'view', person('jane'), 'default');
  const engine = new Engine({ world, store, kinds: builtInKinds });
  const live = (plural: string) => engine.hubs.live(engine.kinds.at(rbac(plural)));
  const [roles, clusterRoles, roleBindings, clusterRoleBindings] = await Promise.all([
    live('roles'),
    live('clusterroles'),
    live('rolebindings'),
    live('clusterrolebindings'),
  ]);
  const index = new RbacIndex({ roles, clusterRoles, roleBindings, clusterRoleBindings });
  const grants = new Set([...index.rulesFor(jane, 'default')].map(({ grant }) => grant));
  assert.equal(grants.size, 5, [...grants].join());
  assert.ok([...grants].some((grant) => grant.includes('ClusterRole "view"')));
  await engine.close();
});
