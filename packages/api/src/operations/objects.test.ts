import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freezeJson } from '../documents/json.ts';
import { configMap, configMaps, openDoor, pod, pods } from './testing/open-door.ts';

test('what is created gets its identity, and is read back the same', async () => {
  const { door } = await openDoor();
  const created = await door.create(configMaps, freezeJson(configMap('one', { a: '1' })));
  assert.equal(created.metadata.namespace, 'default');
  assert.match(created.metadata.uid, /^[0-9a-f-]{36}$/);
  assert.equal(created.metadata.creationTimestamp, '2026-01-01T00:00:00Z');
  assert.match(created.metadata.resourceVersion, /^\d+$/);
  assert.deepEqual(await door.get({ ...configMaps, name: 'one' }), created);
  await assert.rejects(door.create(configMaps, configMap('one')), {
    code: 'AlreadyExists',
    message: 'configmaps "one" already exists',
  });
  await assert.rejects(door.get({ ...configMaps, name: 'two' }), {
    code: 'NotFound',
    message: 'configmaps "two" not found',
  });
});

test('names are generated from a prefix', async () => {
  const { door } = await openDoor();
  const { name: _, ...metadata } = { name: '', generateName: 'web-' };
  const created = await door.create(configMaps, { ...configMap(''), metadata });
  assert.match(created.metadata.name, /^web-[b-z2-9]{5}$/);
});

test('an object that is wrong is refused with every cause', async () => {
  const { door } = await openDoor();
  const wrong = { ...configMap('Not_A_Name', {}, { labels: { 'a b': 'c' } }), data: { key: 1 }, immutable: 'yes' };
  await assert.rejects(
    door.create(configMaps, wrong),
    (error: { code: string; statusDetails: { causes: unknown[] } }) => {
      assert.equal(error.code, 'Invalid');
      const fields = (error.statusDetails.causes as { field: string }[]).map((cause) => cause.field);
      assert.deepEqual(fields.sort(), ['data.key', 'immutable', 'metadata.labels', 'metadata.name']);
      return true;
    },
  );
});

test('unknown fields are refused, warned of, or left out', async () => {
  const { operations, admin, warnings } = await openDoor();
  const object = { ...configMap('one'), dta: { a: '1' } };
  await assert.rejects(operations.create(admin, configMaps, object, { fieldValidation: 'Strict' }), {
    code: 'BadRequest',
    message:
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta" (did you mean "data"?)',
  });
  const { document } = await operations.create(admin, configMaps, object, {});
  assert.deepEqual(warnings, ['unknown field "dta" (did you mean "data"?)']);
  assert.equal('dta' in document.object, false);
});

test('dry run goes the whole way and stores nothing', async () => {
  const { door } = await openDoor();
  const made = await door.create(configMaps, configMap('one'), { dryRun: true });
  assert.equal(made.metadata.name, 'one');
  assert.equal(made.metadata.resourceVersion, undefined);
  await assert.rejects(door.get({ ...configMaps, name: 'one' }), { code: 'NotFound' });
});

test('an update needs the version that is there, or none', async () => {
  const { door } = await openDoor();
  const first = await door.create(configMaps, configMap('one', { a: '1' }));
  const address = { ...configMaps, name: 'one' };
  const second = await door.update(address, { ...first, data: { a: '2' } });
  assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion);
  await assert.rejects(door.update(address, { ...first, data: { a: '3' } }), { code: 'Conflict' });
  const third = await door.update(address, configMap('one', { a: '4' }));
  assert.deepEqual((third as unknown as { data: object }).data, { a: '4' });
  const wrongUid = { ...third, metadata: { ...third.metadata, uid: 'other' } };
  await assert.rejects(door.update(address, wrongUid), { code: 'Conflict' });
});

test('a write that changes nothing makes no new version', async () => {
  const { door } = await openDoor();
  const first = await door.create(configMaps, configMap('one', { a: '1' }));
  const again = await door.update({ ...configMaps, name: 'one' }, first);
  assert.equal(again.metadata.resourceVersion, first.metadata.resourceVersion);
});

test('generation counts the changes of what is wanted, and status has its own way in', async () => {
  const { door } = await openDoor();
  const created = await door.create(pods, pod('web'));
  const address = { ...pods, name: 'web' };
  assert.equal(created.metadata.generation, 1);
  const labelled = await door.patch(address, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
  assert.equal(labelled.metadata.generation, 1);
  const sneaky = await door.patch(address, { type: 'merge', body: { status: { phase: 'Running' } } });
  assert.equal((sneaky as unknown as { status: { phase: string } }).status.phase, 'Pending');
  const running = await door.patch(
    { ...address, subresource: 'status' },
    { type: 'merge', body: { status: { phase: 'Running' }, metadata: { labels: { a: 'c' } } } },
  );
  assert.equal((running as unknown as { status: { phase: string } }).status.phase, 'Running');
  assert.equal(running.metadata.labels?.a, 'b');
});

test('writers that do not name a version all get through', async () => {
  const { door } = await openDoor();
  await door.create(configMaps, configMap('one'));
  const address = { ...configMaps, name: 'one' };
  const keys = Array.from({ length: 8 }, (_, index) => `key-${index}`);
  await Promise.all(keys.map((key) => door.patch(address, { type: 'merge', body: { data: { [key]: 'x' } } })));
  const { data } = (await door.get(address)) as unknown as { data: Record<string, string> };
  assert.deepEqual(Object.keys(data).sort(), keys);
});

test('objects that are too large are refused', async () => {
  const { door } = await openDoor();
  const large = configMap('large', { text: 'x'.repeat(4 * 1024 * 1024) });
  await assert.rejects(door.create(configMaps, large), { code: 'RequestEntityTooLarge' });
});

test('deletion waits for finalizers and honours preconditions', async () => {
  const { door } = await openDoor();
  const created = await door.create(configMaps, configMap('one', {}, { finalizers: ['example.com/wait'] }));
  const address = { ...configMaps, name: 'one' };
  await assert.rejects(door.delete(address, { preconditions: { uid: 'other' } }), { code: 'Conflict' });
  const marked = await door.delete(address, { propagationPolicy: 'Foreground' });
  assert.equal(marked.deleted, false);
  const waiting = await door.get(address);
  assert.ok(waiting.metadata.deletionTimestamp);
  assert.deepEqual(waiting.metadata.finalizers, ['example.com/wait', 'foregroundDeletion']);
  await assert.rejects(
    door.patch(address, { type: 'merge', body: { metadata: { finalizers: ['example.com/more'] } } }),
    { code: 'Forbidden' },
  );
  await door.patch(address, { type: 'merge', body: { metadata: { finalizers: null } } });
  await assert.rejects(door.get(address), { code: 'NotFound' });
  const again = await door.create(configMaps, configMap('one'));
  assert.notEqual(again.metadata.uid, created.metadata.uid);
  const gone = await door.delete(address);
  assert.equal(gone.deleted, true);
});

test('a pod that runs somewhere gets its grace period, and can only be hurried', async () => {
  const { door, world } = await openDoor();
  await door.create(pods, pod('web'));
  const address = { ...pods, name: 'web' };
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'web' },
    target: { kind: 'Node', name: 'n1' },
  };
  await door.create({ ...address, subresource: 'binding' }, binding);
  const marked = await door.delete(address);
  assert.ok(!marked.deleted);
  assert.equal(marked.object.metadata.deletionGracePeriodSeconds, 30);
  assert.equal(Date.parse(marked.object.metadata.deletionTimestamp as string) - world.clock.now(), 30_000);
  const longer = await door.delete(address, { gracePeriodSeconds: 60 });
  assert.equal(longer.deleted || longer.object.metadata.deletionGracePeriodSeconds, 30);
  const ended = await door.delete(address, { gracePeriodSeconds: 0 });
  assert.equal(ended.deleted, true);
});

test('a collection is deleted by selector', async () => {
  const { door } = await openDoor();
  await door.create(configMaps, configMap('a', {}, { labels: { x: '1' } }));
  await door.create(configMaps, configMap('b', {}, { labels: { x: '1' } }));
  await door.create(configMaps, configMap('c'));
  const gone = await door.deleteCollection(configMaps, { labelSelector: 'x=1' });
  assert.deepEqual(
    gone.items.map((item) => item.metadata.name),
    ['a', 'b'],
  );
  const left = await door.list(configMaps, { fieldSelector: 'metadata.name=a' });
  assert.equal(left.items.length, 0);
});
