import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Door, WatchEvent, WatchOptions } from '@godwit/kinds';
import type { DocumentEvent } from './operations.ts';
import { configMap, configMaps, openDoor, pod, pods } from './testing/open-door.ts';

/** Reads events of a watch until `enough`, then leaves. */
async function events(
  door: Door,
  options: WatchOptions,
  enough: (events: readonly WatchEvent[]) => boolean,
  address = configMaps,
): Promise<readonly string[]> {
  const seen: WatchEvent[] = [];
  for await (const event of door.watch(address, options, new AbortController().signal)) {
    seen.push(event);
    if (enough(seen)) break;
  }
  return seen.map(({ type, object }) => `${type} ${'name' in object.metadata ? object.metadata.name : ''}`.trim());
}

const count = (wanted: number) => (seen: readonly WatchEvent[]) => seen.length === wanted;

test('a watch without a version begins with what is there', async () => {
  const { door } = await openDoor();
  await door.create(configMaps, configMap('a'));
  const watching = events(door, {}, count(4));
  await door.create(configMaps, configMap('b'));
  await door.patch({ ...configMaps, name: 'a' }, { type: 'merge', body: { data: { x: 'y' } } });
  await door.delete({ ...configMaps, name: 'a' });
  assert.deepEqual(await watching, ['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED a']);
});

test('a watch from a version replays what came after it, then goes on', async () => {
  const { door } = await openDoor();
  const a = await door.create(configMaps, configMap('a'));
  await door.create(configMaps, configMap('b'));
  const watching = events(door, { resourceVersion: a.metadata.resourceVersion }, count(2));
  await door.create(configMaps, configMap('c'));
  assert.deepEqual(await watching, ['ADDED b', 'ADDED c']);
});

test('a watch from before this process replays from the store, and a forgotten version has expired', async () => {
  const first = await openDoor();
  const a = await first.door.create(configMaps, configMap('a'));
  await first.door.create(configMaps, configMap('b'));
  await first.operations.close();
  const { door, store } = await openDoor({ store: first.store });
  const since = { resourceVersion: a.metadata.resourceVersion };
  const watching = events(door, since, count(2));
  await door.create(configMaps, configMap('c'));
  assert.deepEqual(await watching, ['ADDED b', 'ADDED c']);
  await store.compact(store.revision);
  await assert.rejects(events(door, since, count(1)), { code: 'Expired' });
});

test('selectors turn changes into additions and deletions', async () => {
  const { door } = await openDoor();
  const watching = events(door, { labelSelector: 'on=yes' }, count(4));
  const address = { ...configMaps, name: 'a' };
  const label = (on: string) => door.patch(address, { type: 'merge', body: { metadata: { labels: { on } } } });
  await door.create(configMaps, configMap('a'));
  await label('yes');
  await door.patch(address, { type: 'merge', body: { data: { x: 'y' } } });
  await label('no');
  await label('yes');
  assert.deepEqual(await watching, ['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED a']);
});

test('what leaves a selection comes with the version that made it leave', async () => {
  const { door } = await openDoor();
  const created = await door.create(configMaps, configMap('a', {}, { labels: { on: 'yes' } }));
  const seen: WatchEvent[] = [];
  const options = { labelSelector: 'on=yes', resourceVersion: created.metadata.resourceVersion };
  const stream = door.watch(configMaps, options, new AbortController().signal)[Symbol.asyncIterator]();
  const next = stream.next();
  const left = await door.patch({ ...configMaps, name: 'a' }, { type: 'merge', body: { metadata: { labels: null } } });
  seen.push((await next).value);
  assert.equal(seen[0]?.type, 'DELETED');
  assert.equal(seen[0]?.object.metadata.resourceVersion, left.metadata.resourceVersion);
  assert.equal('labels' in (seen[0] as WatchEvent).object.metadata, true);
});

test('initial events are closed by a marked bookmark', async () => {
  const { door } = await openDoor();
  await door.create(configMaps, configMap('a'));
  const seen: WatchEvent[] = [];
  const options = { sendInitialEvents: true, allowWatchBookmarks: true };
  for await (const event of door.watch({ ...configMaps }, options, new AbortController().signal)) {
    seen.push(event);
    if (event.type === 'BOOKMARK') break;
  }
  const end = seen.at(-1) as WatchEvent;
  assert.equal(end.type, 'BOOKMARK');
  assert.deepEqual((end.object.metadata as { annotations?: object }).annotations, {
    'k8s.io/initial-events-end': 'true',
  });
});

test('watches end when their time is over, with a bookmark of how far they have come', async () => {
  const { door, world, store } = await openDoor();
  const seen: WatchEvent[] = [];
  const reading = (async () => {
    const options = { timeoutSeconds: 10, allowWatchBookmarks: true };
    for await (const event of door.watch(configMaps, options, new AbortController().signal)) seen.push(event);
  })();
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  await settle();
  await door.create({ ...configMaps, namespace: 'kube-system' }, configMap('elsewhere'));
  await settle();
  await world.clock.advance(10_000, settle);
  await reading;
  assert.deepEqual(
    seen.map((event) => event.type),
    ['BOOKMARK'],
  );
  assert.equal(seen[0]?.object.metadata.resourceVersion, String(store.revision));
});

test('a watch of one field value sees only what has it', async () => {
  const { door } = await openDoor();
  const watching = events(door, { fieldSelector: 'spec.nodeName=n1' }, count(1), pods);
  for (const [name, node] of [
    ['a', 'n2'],
    ['b', 'n1'],
  ] as const) {
    await door.create(pods, pod(name));
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: node } };
    await door.create({ ...pods, name, subresource: 'binding' }, binding);
  }
  assert.deepEqual(await watching, ['ADDED b']);
});

test('a thousand watchers share one event and one line for each change', async () => {
  const { operations, admin, door } = await openDoor();
  const signal = new AbortController().signal;
  const watches = await Promise.all(
    Array.from({ length: 1000 }, () =>
      operations.watch(admin, configMaps, { resourceVersion: String(operations.revision) }, signal),
    ),
  );
  const changes = 100;
  const readers = watches.map(async (watch) => {
    const lines: Uint8Array[] = [];
    for await (const event of watch) {
      lines.push(event.line, ...watch.drain().map((other: DocumentEvent) => other.line));
      if (lines.length >= changes) break;
    }
    return lines;
  });
  for (let index = 0; index < changes; index++) await door.create(configMaps, configMap(`c-${index}`));
  const [first, ...others] = await Promise.all(readers);
  assert.equal(first?.length, changes);
  for (const lines of others) lines.forEach((line, index) => assert.equal(line, first?.[index]));
});
