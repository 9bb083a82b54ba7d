import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listQuery, pathOf, watchQuery, withQuery, writeQuery } from './door-path.ts';

test('addresses as paths', () => {
  const pods = { group: '', version: 'v1', plural: 'pods' };
  assert.equal(pathOf(pods), '/api/v1/pods');
  assert.equal(
    pathOf({ ...pods, namespace: 'default', name: 'web', subresource: 'status' }),
    '/api/v1/namespaces/default/pods/web/status',
  );
  assert.equal(
    pathOf({ group: 'apps', version: 'v1', plural: 'deployments', namespace: 'a' }),
    '/apis/apps/v1/namespaces/a/deployments',
  );
  const role = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'clusterroles', name: 'system:node' };
  assert.equal(pathOf(role), '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode');
});

test('options as queries', () => {
  assert.equal(withQuery('/p', listQuery({})), '/p');
  assert.equal(
    withQuery('/p', listQuery({ limit: 5, labelSelector: 'a=b,c!=d' })),
    '/p?labelSelector=a%3Db%2Cc%21%3Dd&limit=5',
  );
  assert.equal(withQuery('/p', writeQuery({ dryRun: true, fieldManager: 'me' })), '/p?dryRun=All&fieldManager=me');
  assert.equal(
    withQuery('/p', watchQuery({ sendInitialEvents: true, allowWatchBookmarks: true })),
    '/p?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  );
});
