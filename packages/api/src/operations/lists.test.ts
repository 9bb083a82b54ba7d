import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMap, configMaps, openDoor } from './testing/open-door.ts';

const anywhere = { group: '', version: 'v1', plural: 'configmaps' };

async function filled(count: number) {
  const opened = await openDoor();
  for (let index = 0; index < count; index++) {
    const labels = { parity: index % 2 === 0 ? 'even' : 'odd' };
    await opened.door.create(configMaps, configMap(`m-${String(index).padStart(3, '0')}`, {}, { labels }));
  }
  return opened;
}

const names = (list: { items: readonly { metadata: { name: string } }[] }) =>
  list.items.map((item) => item.metadata.name);

test('pages show one moment, whatever is written meanwhile', async () => {
  const { door } = await filled(7);
  const first = await door.list(configMaps, { limit: 3 });
  assert.deepEqual(names(first), ['m-000', 'm-001', 'm-002']);
  assert.equal(first.remainingItemCount, 4);
  await door.create(configMaps, configMap('m-0035'));
  await door.delete({ ...configMaps, name: 'm-004' });
  const second = await door.list(configMaps, { limit: 3, continue: first.continue as string });
  assert.deepEqual(names(second), ['m-003', 'm-004', 'm-005']);
  assert.equal(second.resourceVersion, first.resourceVersion);
  assert.equal(second.remainingItemCount, 1);
  const third = await door.list(configMaps, { limit: 3, continue: second.continue as string });
  assert.deepEqual(names(third), ['m-006']);
  assert.equal(third.continue, undefined);
});

test('pages of a selection have what matches and no count of the rest', async () => {
  const { door } = await filled(9);
  const first = await door.list(configMaps, { limit: 2, labelSelector: 'parity=odd' });
  assert.deepEqual(names(first), ['m-001', 'm-003']);
  assert.equal(first.remainingItemCount, undefined);
  await door.delete({ ...configMaps, name: 'm-005' });
  const second = await door.list(configMaps, {
    limit: 5,
    labelSelector: 'parity=odd',
    continue: first.continue as string,
  });
  assert.deepEqual(names(second), ['m-005', 'm-007']);
});

test('a page of a forgotten moment has expired', async () => {
  const { door, store } = await filled(5);
  const first = await door.list(configMaps, { limit: 2 });
  await door.create(configMaps, configMap('later'));
  await store.compact(store.revision);
  const options = { limit: 2, continue: first.continue as string };
  await assert.rejects(door.list(configMaps, options), { code: 'Expired' });
  await assert.rejects(door.list(configMaps, { continue: 'nonsense' }), { code: 'BadRequest' });
});

test('versions: exact, not older than, unknown', async () => {
  const { door } = await filled(2);
  const before = await door.list(configMaps);
  await door.create(configMaps, configMap('later'));
  const exact = await door.list(configMaps, {
    resourceVersion: before.resourceVersion,
    resourceVersionMatch: 'Exact',
  });
  assert.deepEqual(names(exact), ['m-000', 'm-001']);
  const fresh = await door.list(configMaps, {
    resourceVersion: before.resourceVersion,
    resourceVersionMatch: 'NotOlderThan',
  });
  assert.equal(fresh.items.length, 3);
  await assert.rejects(door.list(configMaps, { resourceVersion: '999999' }), { code: 'Timeout' });
  await assert.rejects(door.list(configMaps, { resourceVersion: 'x' }), { code: 'BadRequest' });
});

test('one namespace or all of them', async () => {
  const { door } = await filled(1);
  await door.create({ ...configMaps, namespace: 'kube-system' }, configMap('other'));
  assert.deepEqual(names(await door.list(configMaps)).includes('other'), false);
  const all = await door.list(anywhere, { fieldSelector: 'metadata.namespace!=kube-public' });
  assert.ok(names(all).includes('other') && names(all).includes('m-000'));
  await assert.rejects(door.list(configMaps, { fieldSelector: 'data.x=1' }), { code: 'BadRequest' });
  await assert.rejects(door.list(configMaps, { labelSelector: 'a=b=c' }), { code: 'BadRequest' });
});
