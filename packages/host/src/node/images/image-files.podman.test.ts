import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { hasCode, SystemClock } from '@godwit/base';
import { ImageFiles, ImageResolver } from './index.ts';

const PREFIX = `localhost/godwit-images-test-${process.pid}`;
const clock = new SystemClock();
const signal = new AbortController().signal;
const hasPodman = spawnSync('podman', ['--version']).status === 0;

describe('disks and kernels out of container images', { concurrency: 1 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'godwit-images-'));
  const images = new ImageFiles(join(root, 'images'), new ImageResolver({ stores: ['/var/lib/containers/storage'] }));

  const build = (name: string, recipe: string, files: Readonly<Record<string, string>>) => {
    const folder = join(root, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    writeFileSync(join(folder, 'Containerfile'), recipe);
    const built = spawnSync('podman', ['build', '--network=none', '-q', '-t', `${PREFIX}:${name}`, folder]);
    assert.equal(built.status, 0, built.stderr.toString());
  };
  before(() => {
    if (!hasPodman) return;
    build('base', 'FROM scratch\nCOPY one.img /disk/system.img\nCOPY kernel /boot/vmlinuz\n', {
      'one.img': 'one'.repeat(1024),
      kernel: 'a kernel',
    });
    build('newer', `FROM ${PREFIX}:base\nCOPY two.img /disk/system.img\n`, { 'two.img': 'two'.repeat(1024) });
    build('both', `FROM ${PREFIX}:base\nCOPY two.img /disk/other.img\n`, { 'two.img': 'two'.repeat(1024) });
  });
  after(() => {
    if (hasPodman)
      for (const name of ['both', 'newer', 'base']) spawnSync('podman', ['rmi', '-f', `${PREFIX}:${name}`]);
    rmSync(root, { recursive: true, force: true });
  });
  const skipped = (t: TestContext) => !hasPodman && (t.skip('podman is not installed'), true);
  const disk = (name: string, path?: string) => images.disk(`${PREFIX}:${name}`, 'Never', path, 'user', signal);

  test('the only file in /disk, whatever its name, once for all machines', async (t) => {
    if (skipped(t)) return;
    const first = await disk('base');
    assert.deepEqual([first.format, first.sizeBytes], ['raw', 3072]);
    assert.match(readFileSync(first.path, 'utf8'), /^oneone/);
    assert.equal((await disk('base')).path, first.path);
  });

  test('of several layers the topmost counts', async (t) => {
    if (skipped(t)) return;
    assert.match(readFileSync((await disk('newer')).path, 'utf8'), /^twotwo/);
  });

  test('of several disks one has to be named; a name that is not there is told', async (t) => {
    if (skipped(t)) return;
    await assert.rejects(disk('both'), /must have one file in \/disk, it has: other\.img, system\.img/);
    assert.match(readFileSync((await disk('both', '/disk/other.img')).path, 'utf8'), /^twotwo/);
    await assert.rejects(disk('both', '/disk/none'), (error) => hasCode(error, 'disk-not-found'));
    await assert.rejects(disk('both', '/disk/../../../etc/passwd'), (error) => hasCode(error, 'disk-not-found'));
  });

  test('kernels are files like others, laid out without a copy where one file system holds both', async (t) => {
    if (skipped(t)) return;
    const path = await images.file(`${PREFIX}:base`, 'Never', '/boot/vmlinuz', 'user', signal);
    assert.equal(readFileSync(path, 'utf8'), 'a kernel');
    const store = statSync('/var/lib/containers/storage').dev;
    if (statSync(root).dev === store) assert.ok(statSync(path).nlink > 1);
  });

  test('many machines of one image at once', async (t) => {
    if (skipped(t)) return;
    const paths = ['/boot/vmlinuz', '/disk/system.img'];
    const many = Array.from({ length: 32 }, (_, at) => ({ user: `many-${at}`, path: paths[at % 2] as string }));
    const fresh = new ImageFiles(join(root, 'many'), new ImageResolver({ stores: ['/var/lib/containers/storage'] }));
    const found = await Promise.all(
      many.map(({ user, path }) => fresh.file(`${PREFIX}:base`, 'Never', path, user, signal)),
    );
    assert.equal(new Set(found).size, 2);
    for (const path of found) assert.ok(statSync(path).isFile());
  });

  test('an image that is not here, and may or may not be pulled', async (t) => {
    if (skipped(t)) return;
    const find = (image: string, policy: 'Never' | 'Always') => images.disk(image, policy, undefined, 'user', signal);
    await assert.rejects(find(`${PREFIX}:none`, 'Never'), (error) => hasCode(error, 'image-not-found'));
    await assert.rejects(find(`${PREFIX}:none`, 'Always'), (error) => hasCode(error, 'image-not-found'));
  });

  test('what nobody uses goes after a while', async (t) => {
    if (skipped(t)) return;
    const { path } = await disk('base');
    assert.deepEqual(await images.collect(0, clock.now() + 1_000), [], 'in use');
    await images.release('user');
    assert.deepEqual(await images.collect(3_600_000, clock.now()), [], 'used just now');
    const id = path.slice(join(root, 'images').length + 1).split('/')[0] as string;
    const long = new Date(0);
    utimesSync(join(root, 'images', id, 'users'), long, long);
    assert.deepEqual(await images.collect(3_600_000, clock.now()), [id]);
    assert.equal(existsSync(path), false);
    assert.match(readFileSync((await disk('base')).path, 'utf8'), /^oneone/);
  });
});
