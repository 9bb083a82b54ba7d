import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SystemClock, silentLog, type World } from '@godwit/base';
import { SystemIds, systemRandom } from '@godwit/base/node';
import { ApiClient } from '@godwit/client';
import type { FillRequest, FillState, PersistentVolume, Stored } from '@godwit/kinds';
import { MemoryDoor } from '../../virtual-machine/test-support/memory-door.ts';
import { ImageFiles, ImageResolver } from '../images/index.ts';
import { download } from './download.ts';
import { FolderVolumes } from './folder-volumes.ts';
import { LocalVolumeFiller } from './local-volume-filler.ts';

const MIB = 1024 * 1024;

describe('filling volumes', { concurrency: 1 }, () => {
  const state = mkdtempSync(join(tmpdir(), 'godwit-fill-'));
  const volumes = new FolderVolumes(join(state, 'volumes'));
  const world: World = { clock: new SystemClock(), random: systemRandom(), ids: new SystemIds(), log: silentLog };
  const filler = new LocalVolumeFiller({
    world,
    client: new ApiClient(new MemoryDoor(), world),
    volumes,
    images: new ImageFiles(join(state, 'images'), new ImageResolver({ stores: [] })),
    importFolders: [join(state, 'imports')],
    download,
  });
  const disk = Buffer.alloc(2 * MIB, 'godwit ');
  const requests: { range: string | undefined }[] = [];
  let server: Server;
  let url: string;
  let cutAfter: number | undefined;

  before(async () => {
    server = createServer((request, response) => {
      const { range } = request.headers;
      requests.push({ range });
      if (request.url === '/none') return void response.writeHead(404).end();
      const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      const body = disk.subarray(start);
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length, etag: '"one"' });
      if (cutAfter === undefined) return void response.end(body);
      response.write(body.subarray(0, cutAfter), () => response.destroy());
      cutAfter = undefined;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    rmSync(state, { recursive: true, force: true });
  });

  /** Fills a new volume once; returns what was reported last, and where the volume is. */
  async function fill(name: string, request: FillRequest, sizeMib = 4, known?: FillState) {
    const sizeBytes = sizeMib * MIB;
    await volumes.provision({ name, sizeBytes });
    const reports: FillState[] = [];
    const volume = {
      metadata: { name, uid: name },
      spec: { capacity: { storage: String(sizeBytes) } },
    } as unknown as Stored<PersistentVolume>;
    const report = (fillState: FillState) => Promise.resolve(void reports.push(fillState));
    let error: unknown;
    await filler
      .fill(volume, request, known, report, new AbortController().signal)
      .catch((thrown: unknown) => (error = thrown));
    return { last: reports.at(-1) as FillState, folder: volumes.folder(name), error };
  }
  const http = (path: string, checksum?: string): FillRequest => {
    return { from: 'http', contentType: 'kubevirt', url: `${url}${path}`, ...(checksum && { checksum }) };
  };
  const sha256 = createHash('sha256').update(disk).digest('hex');

  test('a disk from the web lands in place, as large as the volume', async () => {
    const { last, folder } = await fill('web', http('/disk', `sha256:${sha256}`));
    assert.equal(last.phase, 'Succeeded');
    const stored = readFileSync(join(folder, 'disk.img'));
    assert.equal(stored.length, 4 * MIB);
    assert.ok(stored.subarray(0, disk.length).equals(disk));
    assert.equal(existsSync(join(folder, '.godwit-fill')), false);
  });

  test('a volume that was filled is not filled again, although nobody was told', async () => {
    const { folder } = await fill('once', http('/disk'));
    writeFileSync(join(folder, 'disk.img'), 'what its user wrote');
    const { last } = await fill('once', http('/disk'));
    assert.equal(last.phase, 'Succeeded');
    assert.equal(readFileSync(join(folder, 'disk.img'), 'utf8'), 'what its user wrote');
  });

  test('a small file that unpacks to an endless one is refused', async () => {
    mkdirSync(join(state, 'imports'), { recursive: true });
    writeFileSync(join(state, 'imports', 'bomb.gz'), gzipSync(Buffer.alloc(80 * MIB)));
    const url = `file://${join(state, 'imports', 'bomb.gz')}`;
    const { last } = await fill('bomb', { from: 'http', contentType: 'kubevirt', url });
    assert.deepEqual([last.phase, last.reason], ['Failed', 'ImageTooLarge']);
  });

  test('a transfer that broke goes on where it ended', async () => {
    cutAfter = 1_000_000;
    const broken = await fill('resumed', http('/disk', `sha256:${sha256}`));
    assert.equal(broken.last.phase, 'Running');
    assert.equal(broken.last.restarts, 1);
    assert.equal(broken.last.reason, 'DownloadFailed');
    requests.length = 0;
    const { last } = await fill('resumed', http('/disk', `sha256:${sha256}`), 4, broken.last);
    assert.equal(last.phase, 'Succeeded');
    assert.match(requests[0]?.range ?? '', /^bytes=[1-9]\d*-$/);
  });

  test('a wrong checksum fails for good', async () => {
    const { last, folder } = await fill('wrong', http('/disk', `sha256:${'0'.repeat(64)}`));
    assert.equal(last.phase, 'Failed');
    assert.equal(last.reason, 'ChecksumMismatch');
    assert.equal(existsSync(join(folder, 'disk.img')), false);
  });

  test('an address that does not exist fails for good', async () => {
    const { last } = await fill('missing', http('/none'));
    assert.equal(last.phase, 'Failed');
    assert.match(last.message ?? '', /404/);
  });

  test('a server that is not there is tried again', async () => {
    const { last, error } = await fill('later', { from: 'http', contentType: 'kubevirt', url: 'http://127.0.0.1:1/x' });
    assert.equal(last.phase, 'Running');
    assert.ok(error instanceof Error);
  });

  test('an image that is larger than the volume is refused', async () => {
    const { last } = await fill('small', http('/disk'), 1);
    assert.equal(last.reason, 'ImageTooLarge');
  });

  test('files are imported from the folder for them, packed or not, and from nowhere else', async () => {
    mkdirSync(join(state, 'imports'), { recursive: true });
    writeFileSync(join(state, 'imports', 'disk.gz'), gzipSync(disk));
    const good = await fill('file', { from: 'http', contentType: 'kubevirt', url: `file://${state}/imports/disk.gz` });
    assert.equal(good.last.phase, 'Succeeded', good.last.message);
    assert.ok(readFileSync(join(good.folder, 'disk.img')).subarray(0, disk.length).equals(disk));
    const bad = await fill('shadow', { from: 'http', contentType: 'kubevirt', url: 'file:///etc/shadow' });
    assert.equal(bad.last.reason, 'ForbiddenSource');
  });

  test('a corrupt qcow2 is refused, and one that reads other files too', async (t) => {
    if (spawnSync('qemu-img', ['--version']).status !== 0) return t.skip('qemu-img is not installed');
    mkdirSync(join(state, 'imports'), { recursive: true });
    writeFileSync(
      join(state, 'imports', 'corrupt'),
      Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(512, 0xee)]),
    );
    const corrupt = await fill('corrupt', {
      from: 'http',
      contentType: 'kubevirt',
      url: `file://${state}/imports/corrupt`,
    });
    assert.equal(corrupt.last.reason, 'DiskCorrupt');
    const spy = join(state, 'imports', 'spy');
    spawnSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', '/etc/hostname', '-F', 'raw', spy, '1M']);
    const spying = await fill('spying', { from: 'http', contentType: 'kubevirt', url: `file://${spy}` });
    assert.equal(spying.last.reason, 'DiskCorrupt');
    assert.match(spying.last.message ?? '', /depends on another file/);
  });

  test('blank and clone', async () => {
    const blank = await fill('blank', { from: 'blank', contentType: 'kubevirt' });
    assert.equal(blank.last.phase, 'Succeeded');
    assert.equal(statSync(join(blank.folder, 'disk.img')).size, 4 * MIB);
    writeFileSync(join(blank.folder, 'disk.img'), disk);
    const clone = await fill('clone', { from: 'volume', contentType: 'kubevirt', volumeName: 'blank' });
    assert.equal(clone.last.phase, 'Succeeded', clone.last.message);
    assert.ok(readFileSync(join(clone.folder, 'disk.img')).subarray(0, disk.length).equals(disk));
  });

  test('many machines that share a volume ask for its disk at once', async () => {
    await volumes.provision({ name: 'shared', sizeBytes: 4 * MIB });
    const disks = await Promise.all(Array.from({ length: 8 }, () => volumes.disk('shared', 4 * MIB)));
    assert.deepEqual(new Set(disks.map(({ path }) => path)), new Set([join(volumes.folder('shared'), 'disk.img')]));
    const grown = await Promise.all(Array.from({ length: 8 }, () => volumes.disk('shared', 8 * MIB)));
    for (const { sizeBytes } of grown) assert.equal(sizeBytes, 8 * MIB);
    assert.equal(statSync(grown[0]?.path ?? '').size, 8 * MIB);
  });

  test('an upload is waited for', async () => {
    const { last } = await fill('upload', { from: 'upload', contentType: 'kubevirt' });
    assert.equal(last.phase, 'Ready');
  });
});
