/** Our own client over the network: the same door as in process, through TLS, and over restarts of the server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApiClient } from '@godwit/client';
import { HttpDoor, readKubeconfig } from '@godwit/client/node';
import { type ConfigMap, configMap, isReason, pod } from '@godwit/kinds';
import { ApiUnderTest } from './support/api-under-test.ts';

let api: ApiUnderTest;
let door: HttpDoor;
let client: ApiClient;

before(async () => {
  api = await ApiUnderTest.start();
  door = new HttpDoor(readKubeconfig(api.kubeconfig), { clock: api.world.clock, userAgent: 'door-test/1' });
  client = new ApiClient(door, api.world);
});

after(async () => {
  client.close();
  door.close();
  await api.close();
});

const namespace = 'default';
const maps = () => client.resource(configMap);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await api.world.clock.sleep(5);
}

test('every verb', async () => {
  const name = { namespace, name: 'verbs' };
  const created = await maps().create({ metadata: { ...name, labels: { app: 'verbs' } }, data: { a: '1' } });
  assert.ok(created.metadata.uid);
  assert.deepEqual((await maps().get(name)).data, { a: '1' });
  const merged = await maps().patch(name, { type: 'merge', body: { data: { b: '2' } } });
  assert.deepEqual(merged.data, { a: '1', b: '2' });
  await maps().patch(name, { type: 'json', body: [{ op: 'remove', path: '/data/a' }] });
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: name, data: { c: '3' } };
  const options = { fieldManager: 'door-test' };
  const after = await maps().patch(name, { type: 'apply', body: applied, force: true }, options);
  assert.deepEqual(after.data, { b: '2', c: '3' });
  const listed = await maps().list({ namespace, labelSelector: 'app=verbs' });
  assert.deepEqual(
    listed.items.map(({ kind, apiVersion }) => `${apiVersion} ${kind}`),
    ['v1 ConfigMap'],
  );
  assert.equal((await maps().delete(name, { preconditions: { uid: created.metadata.uid } })).deleted, true);
  assert.equal(await maps().find(name), undefined);
});

test('dry run and selectors are understood', async () => {
  const name = { namespace, name: 'dry' };
  await maps().create({ metadata: name }, { dryRun: true });
  assert.equal(await maps().find(name), undefined);
  await maps().create({ metadata: { ...name, labels: { bulk: 'yes' } } });
  const address = { group: '', version: 'v1', plural: 'configmaps', namespace };
  const deleted = await door.deleteCollection(address, { labelSelector: 'bulk=yes' });
  assert.deepEqual(
    deleted.items.map(({ metadata }) => metadata.name),
    ['dry'],
  );
  assert.equal(await maps().find(name), undefined);
});

test('refusals are what they are in process', async () => {
  await assert.rejects(maps().get({ namespace, name: 'nobody' }), (error) => isReason(error, 'NotFound'));
  await maps().create({ metadata: { namespace, name: 'twice' } });
  const again = maps().create({ metadata: { namespace, name: 'twice' } });
  await assert.rejects(again, (error) => isReason(error, 'AlreadyExists'));
  const invalid = client.resource(pod).create({ metadata: { namespace, name: 'x' }, spec: { containers: [] } });
  await assert.rejects(invalid, (error) => isReason(error, 'Invalid'));
});

test('pages, when there is much', async () => {
  const count = 1500;
  const names = Array.from({ length: count }, (_, i) => `page-${i}`);
  await Promise.all(names.map((name) => maps().create({ metadata: { namespace, name, labels: { paged: 'yes' } } })));
  const cache = client.selection(configMap, { labelSelector: 'paged=yes' });
  await cache.ready;
  assert.equal(cache.size, count);
});

test('a watch ends when its reader leaves, and the connection stays', async () => {
  const leave = new AbortController();
  const seen: string[] = [];
  const watching = (async () => {
    for await (const event of maps().watch({ namespace, resourceVersion: '' }, leave.signal)) seen.push(event.type);
  })();
  await maps().create({ metadata: { namespace, name: 'watched' } });
  await until(() => seen.includes('ADDED'));
  leave.abort();
  await watching;
  assert.ok(await maps().find({ namespace, name: 'watched' }));
});

test('a version from long ago has expired', async () => {
  const never = new AbortController();
  await api.store.compact(api.store.revision);
  await api.restart();
  await until(() =>
    maps()
      .list({ limit: 1 })
      .then(
        () => true,
        () => false,
      ),
  );
  const watch = maps().watch({ namespace, resourceVersion: '1' }, never.signal);
  await assert.rejects(watch[Symbol.asyncIterator]().next(), (error) => isReason(error, 'Expired', 'Gone'));
});

test('a cache outlives a restart of the server', async () => {
  const cache = client.cache<ConfigMap>(configMap);
  await cache.ready;
  await api.stop();
  await assert.rejects(maps().get({ namespace, name: 'watched' }), (error) => isReason(error, 'ServiceUnavailable'));
  await api.restart();
  const late = { namespace, name: 'late' };
  await until(() =>
    maps()
      .create({ metadata: late })
      .then(
        () => true,
        (error) => isReason(error, 'AlreadyExists'),
      ),
  );
  await until(() => cache.get(late) !== undefined);
});

test('a user without rights is told so', async () => {
  const path = await api.writeKubeconfig('nobody', []);
  const other = new HttpDoor(readKubeconfig(path), { clock: api.world.clock });
  const refused = new ApiClient(other, api.world).resource(configMap).list({ namespace });
  await assert.rejects(refused, (error) => isReason(error, 'Forbidden'));
  other.close();
});
