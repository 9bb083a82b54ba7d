import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMap, node } from '@godwit/kinds';
import { ApiClient } from './api-client.ts';
import type { Change, Resource } from './client.ts';
import { ApiFixture } from './test-support/api-fixture.ts';

interface Bench {
  readonly api: ApiFixture;
  readonly client: ApiClient;
  readonly maps: Resource<ConfigMap>;
}

async function withApi(run: (bench: Bench) => Promise<void>): Promise<void> {
  const api = await ApiFixture.start();
  const client = new ApiClient(api.door, api.world);
  try {
    await run({ api, client, maps: client.resource(configMap) });
  } finally {
    client.close();
    await api.close();
  }
}

const metadata = (name: string, labels: Record<string, string> = {}) => ({ namespace: 'default', name, labels });
const inDefault = (name: string) => ({ namespace: 'default', name });
const names = (objects: Iterable<ConfigMap>) =>
  [...objects].map((object) => object.metadata.name ?? '').toSorted((a, b) => a.localeCompare(b));

function describe(change: Change<ConfigMap>): string {
  const text = (object?: ConfigMap) => `${object?.metadata.name}=${object?.data?.value ?? ''}`;
  if (change.type === 'changed') return `changed ${text(change.before)} to ${text(change.after)}`;
  return `${change.type} ${text(change.after ?? change.before)}`;
}

test('what is there, and what changes', () =>
  withApi(async ({ api, client, maps }) => {
    await maps.create({ metadata: metadata('a'), data: { value: '1' } });
    const cache = client.cache(configMap);
    const changes: string[] = [];
    cache.subscribe((change) => changes.push(describe(change)));
    await cache.ready;
    assert.equal(cache.get(inDefault('a'))?.data?.value, '1');
    await maps.create({ metadata: metadata('b') });
    await maps.modify(inDefault('a'), (draft) => {
      draft.data = { value: '2' };
    });
    await maps.delete(inDefault('b'));
    await api.until('b is gone', () => changes.includes('removed b='));
    assert.deepEqual(
      changes.filter((one) => /[ab]=/.test(one)),
      ['added a=1', 'added b=', 'changed a=1 to a=2', 'removed b='],
    );
    assert.deepEqual([names(cache.values('default')), names(cache.values('nowhere'))], [['a'], []]);
  }));

test('a writer reads what it wrote', () =>
  withApi(async ({ client, maps }) => {
    const cache = client.cache(configMap);
    for (let i = 0; i < 20; i++) {
      const { resourceVersion } = (await maps.create({ metadata: metadata(`m${i}`) })).metadata;
      await cache.reached(resourceVersion);
      assert.ok(cache.get(inDefault(`m${i}`)));
    }
  }));

test('waiting for a version can be given up', () =>
  withApi(async ({ client }) => {
    const giveUp = new AbortController();
    const waiting = client.cache(configMap).reached('999999', giveUp.signal);
    giveUp.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(client.cache(configMap).reached('999999', giveUp.signal), /enough/);
  }));

test('objects are shared with the API, not copied', () =>
  withApi(async ({ api, client, maps }) => {
    const cache = client.cache(configMap);
    const created = await maps.create({ metadata: metadata('a') });
    await cache.reached(created.metadata.resourceVersion);
    assert.equal(cache.get(inDefault('a')), await maps.get(inDefault('a')));
    await api.pass(0);
  }));

test('a whole kind is cached once, whoever asks, with the indexes of all', () =>
  withApi(async ({ api, client, maps }) => {
    const one = client.cache(configMap, { colour: ({ metadata }) => [metadata.labels?.colour ?? ''] });
    await one.ready;
    await maps.create({ metadata: metadata('a', { colour: 'red', size: 'big' }) });
    const other = client.cache(configMap, { size: ({ metadata }) => [metadata.labels?.size ?? ''] });
    assert.equal(one, other);
    await api.until('a is seen', () => one.get(inDefault('a')) !== undefined);
    assert.deepEqual([names(one.by('colour', 'red')), names(other.by('size', 'big'))], [['a'], ['a']]);
    assert.equal(api.calls.watch, 1);
  }));

test('a selection shows what is selected, as it comes and goes', () =>
  withApi(async ({ api, client, maps }) => {
    const red = client.selection(configMap, { namespace: 'default', labelSelector: 'colour=red' });
    await red.ready;
    await maps.create({ metadata: metadata('a', { colour: 'red' }) });
    await maps.create({ metadata: metadata('b', { colour: 'blue' }) });
    await api.until('a', () => names(red.values()).join() === 'a');
    await maps.modify(inDefault('b'), (draft) => {
      draft.metadata.labels = { colour: 'red' };
    });
    await api.until('a and b', () => names(red.values()).join() === 'a,b');
    await maps.modify(inDefault('a'), (draft) => {
      draft.metadata.labels = {};
    });
    await api.until('b alone', () => names(red.values()).join() === 'b');
  }));

test('a restart of the API is outlived without listing again', () =>
  withApi(async ({ api, client, maps }) => {
    const cache = client.cache(configMap);
    await cache.ready;
    await api.pass(1_000);
    const lists = api.calls.list;
    await api.stop();
    await api.pass(20_000);
    await api.restart();
    await maps.create({ metadata: metadata('a') });
    await api.until('a is seen', () => cache.get(inDefault('a')) !== undefined);
    assert.equal(api.calls.list, lists);
  }));

test('a version that has expired means listing again, and telling only what is different', () =>
  withApi(async ({ api, client, maps }) => {
    for (const name of ['kept', 'changed', 'gone', 'replaced']) await maps.create({ metadata: metadata(name) });
    const cache = client.cache(configMap);
    await cache.ready;
    const changes: string[] = [];
    cache.subscribe((change) => changes.push(describe(change)));
    await api.pass(1_000);
    const other = new ApiClient(api.door, api.world).resource(configMap);
    await api.stop();
    await api.pass(1_000);
    // Somebody else writes through an API of their own, and the log forgets it.
    await api.restart();
    const before = api.calls.list;
    await other.modify(inDefault('changed'), (draft) => {
      draft.data = { value: '2' };
    });
    await other.delete(inDefault('gone'));
    await other.delete(inDefault('replaced'));
    await other.create({ metadata: metadata('replaced') });
    await other.create({ metadata: metadata('new') });
    await api.store.compact(api.store.revision);
    await api.stop();
    await api.restart();
    await api.until('listed again', () => cache.get(inDefault('new')) !== undefined);
    assert.ok(api.calls.list > before);
    assert.deepEqual(changes.filter((one) => !one.includes('kube-root')).sort(), [
      'added new=',
      'added replaced=',
      'changed changed= to changed=2',
      'removed gone=',
      'removed replaced=',
    ]);
  }));

test('while the API is away it is asked again and again, but not all the time', () =>
  withApi(async ({ api, client }) => {
    const cache = client.cache(node);
    await cache.ready;
    await api.pass(1_000);
    await api.stop();
    await api.pass(1_000);
    const before = api.calls.watch;
    await api.pass(100_000);
    const asked = api.calls.watch - before;
    assert.ok(asked >= 8 && asked <= 40, `asked ${asked} times in 100 s`);
  }));

test('modify begins again when others were quicker, and writes nothing when nothing changed', () =>
  withApi(async ({ maps }) => {
    await maps.create({ metadata: metadata('counter'), data: { value: '0' } });
    const countUp = () =>
      maps.modify(inDefault('counter'), (draft) => {
        draft.data = { value: `${Number(draft.data?.value) + 1}` };
      });
    await Promise.all(Array.from({ length: 8 }, countUp));
    const counted = await maps.get(inDefault('counter'));
    assert.equal(counted.data?.value, '8');
    const same = await maps.modify(inDefault('counter'), (draft) => {
      draft.data = { value: '8' };
    });
    const left = await maps.modify(inDefault('counter'), (draft) => {
      draft.data = { value: '9' };
      return false;
    });
    assert.deepEqual(
      [same, left].map((one) => one.metadata.resourceVersion),
      Array(2).fill(counted.metadata.resourceVersion),
    );
  }));

test('find answers undefined for what is not there, and get refuses', () =>
  withApi(async ({ maps }) => {
    assert.equal(await maps.find(inDefault('nobody')), undefined);
    await assert.rejects(maps.get(inDefault('nobody')), { code: 'NotFound' });
  }));
