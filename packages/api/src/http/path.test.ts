import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePath } from './path.ts';

const resource = (path: string) => {
  const route = parsePath(path);
  assert.equal(route?.type, 'resource', path);
  const { type: _, ...rest } = route;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== ''));
};

test('core and named groups, with and without a namespace', () => {
  assert.deepEqual(resource('/api/v1/nodes'), { version: 'v1', plural: 'nodes' });
  assert.deepEqual(resource('/api/v1/nodes/n1/status'), {
    version: 'v1',
    plural: 'nodes',
    name: 'n1',
    subresource: 'status',
  });
  assert.deepEqual(resource('/apis/apps/v1/namespaces/web/deployments/shop/scale'), {
    group: 'apps',
    version: 'v1',
    namespace: 'web',
    plural: 'deployments',
    name: 'shop',
    subresource: 'scale',
  });
  assert.deepEqual(resource('/apis/apps/v1/deployments'), { group: 'apps', version: 'v1', plural: 'deployments' });
});

test('a namespace is a resource too, and has subresources', () => {
  assert.deepEqual(resource('/api/v1/namespaces'), { version: 'v1', plural: 'namespaces' });
  assert.deepEqual(resource('/api/v1/namespaces/a'), { version: 'v1', plural: 'namespaces', name: 'a' });
  assert.deepEqual(resource('/api/v1/namespaces/a/'), { version: 'v1', plural: 'namespaces', name: 'a' });
  for (const subresource of ['status', 'finalize']) {
    assert.deepEqual(resource(`/api/v1/namespaces/a/${subresource}`), {
      version: 'v1',
      plural: 'namespaces',
      name: 'a',
      subresource,
    });
  }
  assert.deepEqual(resource('/api/v1/namespaces/a/pods'), { version: 'v1', namespace: 'a', plural: 'pods' });
});

test('what follows a subresource is kept', () => {
  const route = parsePath(
    '/apis/subresources.kubevirt.io/v1/namespaces/a/virtualmachineinstances/m/portforward/22/tcp',
  );
  assert.equal(route?.type === 'resource' && route.rest, '22/tcp');
  assert.equal(route?.type === 'resource' && route.subresource, 'portforward');
});

test('escapes are decoded, broken ones refused', () => {
  assert.equal(resource('/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode').name, 'system:node');
  assert.equal(parsePath('/api/v1/pods/%zz'), undefined);
});

test('paths that end before a resource are looked up by their text', () => {
  for (const path of [
    '/',
    '/api',
    '/api/v1',
    '/api/v1/',
    '/apis',
    '/apis/apps',
    '/apis/apps/v1',
    '/version',
    '/apiary/x/y/z',
  ])
    assert.equal(parsePath(path)?.type, 'other', path);
});
