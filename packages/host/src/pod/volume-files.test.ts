import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import type { Volume } from '@godwit/kinds';
import { FakeConfiguration, fakeHostFacts } from '../fake/index.ts';
import { examplePod } from './test-support/example-pod.ts';
import { volumeContent } from './volume-files.ts';

const random = new SeededRandom(1);
const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };
const source = new FakeConfiguration(world);
source.configMaps.set('shop/settings', {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { a: 'text' },
  binaryData: { b: btoa('\u0000\u0001') },
});
source.secrets.set('shop/key', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { w: btoa('x') } });

const pod = examplePod({}, { labels: { app: 'a', tier: 'web' } });
const contentOf = (volume: Omit<Volume, 'name'>) =>
  volumeContent({ name: 'v', ...volume }, { pod, source, host: fakeHostFacts, nowMs: world.clock.now() });
const filesOf = async (volume: Omit<Volume, 'name'>) =>
  (await contentOf(volume)).files.map(({ path, bytes, mode }) => [path, Buffer.from(bytes).toString('latin1'), mode]);

test('ConfigMaps and Secrets: all keys, or those that are asked for', async () => {
  assert.deepEqual(await filesOf({ configMap: { name: 'settings' } }), [
    ['a', 'text', 0o644],
    ['b', '\u0000\u0001', 0o644],
  ]);
  const items = [{ key: 'w', path: 'deep/word', mode: 0o400 }];
  assert.deepEqual(await filesOf({ secret: { secretName: 'key', items, defaultMode: 0o600 } }), [
    ['deep/word', 'x', 0o400],
  ]);
});

test('facts about the pod', async () => {
  const items = [
    { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
    { path: 'cpu', resourceFieldRef: { containerName: 'web', resource: 'limits.cpu' } },
  ];
  assert.deepEqual(await filesOf({ downwardAPI: { items } }), [
    ['labels', 'app="a"\ntier="web"', 0o644],
    ['cpu', '4', 0o644],
  ]);
});

test('projected sources stand side by side, and tokens say when they must be renewed', async () => {
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    { configMap: { name: 'settings', items: [{ key: 'a', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
  ];
  const content = await contentOf({ projected: { sources } });
  assert.deepEqual(
    content.files.map(({ path }) => path),
    ['token', 'ca.crt', 'namespace'],
  );
  assert.equal(content.renewAtMs, world.clock.now() + 3_600_000 * 0.8);
});

const code = { code: 'volume-source-missing' };

test('what is missing is named, unless it is optional; no path leads out', async () => {
  await assert.rejects(contentOf({ configMap: { name: 'x' } }), code);
  await assert.rejects(contentOf({ secret: { secretName: 'key', items: [{ key: 'x', path: 'x' }] } }), code);
  await assert.rejects(contentOf({ configMap: { name: 'settings', items: [{ key: 'a', path: '../x' }] } }), code);
  assert.deepEqual(await filesOf({ configMap: { name: 'x', optional: true } }), []);
});
