import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import { anyKind, type KubeObject, pod } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';
import { Document } from './document.ts';
import { Feed } from './feed.ts';
import { KindHub } from './kind-hub.ts';
import { readSelection } from './selection.ts';

const kind = anyKind(pod);

function object(name: string, node: string, namespace = 'default'): KubeObject {
  const metadata = { name, namespace, uid: name };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node } } as unknown as KubeObject;
}

async function open() {
  const random = new SeededRandom(1);
  const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
  const store = new MemoryStore({ clock: world.clock });
  const feed = new Feed(world, store);
  const hub = new KindHub(world, store, feed, kind);
  await hub.load();
  const put = async (name: string, node: string, namespace = 'default') => {
    const body = Document.draft(object(name, node, namespace));
    return store.append([{ key: `/core/pods/${namespace}/${name}`, body }]);
  };
  return { store, feed, hub, put, world };
}

const everything = readSelection(kind, {});
const watchAll = {
  namespace: undefined,
  selection: everything,
  bookmarks: false,
  since: undefined,
  markInitialEnd: false,
};

test('a change meets only the watchers whom it may concern', async () => {
  const { hub, put, feed } = await open();
  let asked = 0;
  for (let node = 0; node < 200; node++) {
    const selection = readSelection(kind, { fieldSelector: `spec.nodeName=n${node}` });
    const { matches } = selection;
    const counting = {
      ...selection,
      matches: (each: KubeObject) => {
        asked++;
        return matches?.(each) ?? true;
      },
    };
    hub.watch({ ...watchAll, selection: counting });
  }
  for (let node = 0; node < 50; node++) await put(`p${node}`, `n${node}`);
  await feed.reached(50);
  assert.equal(asked, 50);
});

test('who watches a field sees an object come and go as its value changes', async () => {
  const { hub, put, feed } = await open();
  const selection = readSelection(kind, { fieldSelector: 'spec.nodeName=n1' });
  const watcher = hub.watch({ ...watchAll, selection });
  await put('a', '');
  await put('a', 'n1');
  await put('a', 'n2');
  await feed.reached(3);
  assert.deepEqual(
    watcher?.drain().map((event) => event.type),
    ['ADDED', 'DELETED'],
  );
});

test('a feed that fell behind a compaction finds out what it has missed', async () => {
  const { hub, put, feed, store } = await open();
  await put('gone', 'n1');
  await put('kept', 'n1');
  await feed.reached(2);
  const watcher = hub.watch({ ...watchAll, since: 2 });
  const writes = Array.from({ length: 1500 }, (_, index) => put(`p${index}`, 'n1'));
  const removal = store.append([{ key: '/core/pods/default/gone', body: null }]);
  const compaction = store.compact(1502);
  await Promise.all([...writes, removal, compaction]);
  await feed.reached(store.revision);
  assert.equal(hub.cache.size, 1501);
  const events = watcher?.drain() ?? [];
  assert.equal(events.filter((event) => event.type === 'ADDED').length, 1500);
  assert.deepEqual(
    events.filter((event) => event.type === 'DELETED').map((event) => event.document.object.metadata.name),
    ['gone'],
  );
  await put('after', 'n1');
  await feed.reached(store.revision);
  assert.equal(watcher?.drain()[0]?.document.object.metadata.name, 'after');
});

test('a reader who does not keep up is told to begin again, and holds no memory', async () => {
  const { hub, put, feed } = await open();
  const watcher = hub.watch(watchAll);
  for (let index = 0; index < 20_002; index++) await put('a', `n${index}`);
  await feed.reached(20_002);
  assert.deepEqual(watcher?.drain(), []);
  await assert.rejects(async () => watcher?.next(), { code: 'Expired' });
});

test('lists are in the order of keys, whatever came and went', async () => {
  const { hub, put, feed, store } = await open();
  const names = () => hub.select(undefined, everything).map((document) => document.object.metadata.name);
  for (const name of ['c', 'a', 'd']) await put(name, 'n');
  await feed.reached(store.revision);
  assert.deepEqual(names(), ['a', 'c', 'd']);
  await store.append([{ key: '/core/pods/default/c', body: null }]);
  await put('b', 'n');
  await put('c', 'n');
  await put('z', 'n', 'apart');
  await feed.reached(store.revision);
  assert.deepEqual(names(), ['z', 'a', 'b', 'c', 'd']);
  assert.deepEqual(hub.select('default', everything, '/core/pods/default/b').length, 2);
});

test('idle watchers are told now and then how far they have come', async () => {
  const { hub, put, feed, world, store } = await open();
  const watcher = hub.watch({ ...watchAll, namespace: 'quiet', bookmarks: true });
  await put('a', 'n1');
  await feed.reached(store.revision);
  await world.clock.advance(60_000, async () => {});
  const events = watcher?.drain() ?? [];
  assert.deepEqual(
    events.map((event) => [event.type, event.document.object.metadata.resourceVersion]),
    [['BOOKMARK', '1']],
  );
});
