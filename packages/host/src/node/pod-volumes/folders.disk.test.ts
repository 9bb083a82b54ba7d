import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';
import { SeededIds, SeededRandom, SystemClock, silentLog, type World } from '@godwit/base';
import type { ConfigMap, Pod, Stored } from '@godwit/kinds';
import { FakeConfiguration, fakeHostFacts } from '../../fake/index.ts';
import { FileRecords } from '../records/file-records.ts';
import { replaceFiles } from './atomic-folder.ts';
import { ContainerLogs } from './container-logs.ts';
import { PodFolderDriver } from './pod-folder-driver.ts';
import { subPath } from './sub-path.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-folders-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (path: string, text: string, mode = 0o644) => ({ path, bytes: Buffer.from(text), mode });

test('the files of a volume change all at once, and old ones go', async () => {
  await replaceFiles(folder, 'v1', [file('a', '1'), file('deep/b', '2', 0o400)]);
  assert.equal(await readFile(join(folder, 'a'), 'utf8'), '1');
  assert.equal((await stat(join(folder, 'deep/b'))).mode & 0o777, 0o400);
  await replaceFiles(folder, 'v2', [file('a', '3'), file('c', '4')]);
  assert.equal(await readFile(join(folder, 'a'), 'utf8'), '3');
  assert.deepEqual((await readdir(folder)).toSorted(), ['..data', '..v2', 'a', 'c']);
  assert.equal(await readlink(join(folder, '..data')), '..v2');
});

test('a path inside a volume is made, and never leads out of it', async () => {
  await mkdir(join(folder, 'volume'));
  await writeFile(join(folder, 'secret'), 'x');
  await symlink('..', join(folder, 'volume', 'out'));
  const volume = join(folder, 'volume');
  assert.equal(await subPath(volume, 'a/b'), join(volume, 'a/b'));
  assert.ok((await stat(join(volume, 'a/b'))).isDirectory());
  for (const path of ['../secret', '/etc', 'out/secret', 'out/new/folder']) {
    await assert.rejects(async () => subPath(volume, path), { code: 'configuration-error' }, path);
  }
  await assert.rejects(stat(join(folder, 'new')));
});

test('records survive, torn ones are left out', async () => {
  const records = new FileRecords(folder, 'pod');
  await records.save('one', { a: 1 });
  await records.save('two', { a: 2 });
  await writeFile(join(folder, 'two', 'pod.json'), '{"a":');
  assert.deepEqual([...(await new FileRecords(folder, 'pod').load())], [['one', { a: 1 }]]);
  assert.equal((await new FileRecords(folder, 'other').load()).size, 0);
  await records.remove('one');
  await records.remove('one');
  assert.deepEqual([...(await records.load())], []);
});

const random = new SeededRandom(1);
const world: World = { clock: new SystemClock(), random, ids: new SeededIds(random), log: silentLog };
const line = (number: number) => `2026-01-01T00:00:${String(number).padStart(2, '0')}Z stdout F ${number}\n`;

test('a volume that cannot be made is told when the others are no longer being made', async () => {
  const found = Promise.withResolvers<ConfigMap>();
  const configuration = new FakeConfiguration(world);
  configuration.configMap = () => found.promise;
  const driver = new PodFolderDriver({
    folder,
    runFolder: join(folder, 'run'),
    configuration,
    host: fakeHostFacts,
    world,
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'one' },
    spec: {
      containers: [],
      volumes: [
        { name: 'missing', secret: { secretName: 'nosuch' } },
        { name: 'settings', configMap: { name: 'settings' } },
      ],
    },
  } as unknown as Stored<Pod>;
  const told: string[] = [];
  const mounting = driver.mount(pod).catch(() => told.push('the failure'));
  // The missing one is known long before.
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  told.push('the answer');
  found.resolve({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } });
  await mounting;
  assert.deepEqual(told, ['the answer', 'the failure']);
  assert.equal(await readFile(join(folder, 'run/pods/one/volumes/settings/a'), 'utf8'), '1');
});

/** What a log says piece by piece, as it comes. */
async function* pieces(path: string, options: object, ended: () => boolean): AsyncGenerator<string> {
  const request = { type: 'logs', follow: false, previous: false, timestamps: false, ...options } as const;
  const stream = await new ContainerLogs(world).open(path, request, ended, AbortSignal.timeout(60_000));
  for await (const bytes of stream.main.incoming) yield Buffer.from(bytes).toString();
}

const read = (path: string, options: object): Promise<string> => text(pieces(path, options, () => true));

test('logs: all, the last lines, since a moment, so many bytes, with time', async () => {
  const path = join(folder, '0.log');
  await writeFile(path, Array.from({ length: 10 }, (_, number) => line(number)).join(''));
  assert.equal(await read(path, {}), '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
  assert.equal(await read(path, { tailLines: 2 }), '8\n9\n');
  assert.equal(await read(path, { tailLines: 0 }), '');
  assert.equal(await read(path, { tailLines: 100 }), await read(path, {}));
  assert.equal(await read(path, { sinceTime: '2026-01-01T00:00:08Z' }), '8\n9\n');
  assert.equal(await read(path, { limitBytes: 3 }), '0\n1');
  assert.equal(await read(path, { tailLines: 1, timestamps: true }), '2026-01-01T00:00:09Z 9\n');
  await writeFile(`${path}.1`, line(59));
  assert.equal(await read(path, { limitBytes: 5 }), '59\n0\n');
});

test('a followed log goes on over writes and rotation, and ends with its container', async () => {
  const path = join(folder, '0.log');
  await writeFile(path, line(0));
  let running = true;
  const following = pieces(path, { follow: true }, () => !running);
  const says = async (words: string) => assert.equal((await following.next()).value, words);
  await says('0\n');
  await writeFile(path, line(1), { flag: 'a' });
  await says('1\n');
  await rm(path);
  await writeFile(path, line(2));
  await says('2\n');
  await writeFile(path, line(3), { flag: 'a' });
  running = false;
  assert.equal(await text(following), '3\n');
});
