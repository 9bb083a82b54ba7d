import { createWriteStream } from 'node:fs';
import { constants, copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { codeOf, describeError, Failure, type World } from '@godwit/base';
import { exists, runProgram } from '@godwit/base/node';
import type { ApiClient } from '@godwit/client';
import {
  configMap,
  type FillRequest,
  type FillState,
  type PersistentVolume,
  parseQuantity,
  type Stored,
  secret,
} from '@godwit/kinds';
import type { VolumeFiller } from '../../agent/volume-keeper.ts';
import type { ImageFiles } from '../images/index.ts';
import { assertChecksum } from './checksum.ts';
import { imageTool } from './disk-image.ts';
import type { Download } from './download.ts';
import type { FolderVolumes } from './folder-volumes.ts';
import { placeImage } from './place-image.ts';

export interface LocalVolumeFillerOptions {
  readonly world: World;
  readonly client: ApiClient;
  readonly volumes: FolderVolumes;
  readonly images: ImageFiles;
  /** Folders of the host from which `file:` addresses may import. */
  readonly importFolders: readonly string[];
  /** Fetches what a tenant names, from where the tenant's machines stand. */
  readonly download: Download;
}

type Report = (state: FillState) => Promise<void>;

interface Work {
  readonly volume: Stored<PersistentVolume>;
  readonly request: FillRequest;
  readonly sizeBytes: number;
  /** Where drafts lie: in the volume itself, so that moving them into place costs nothing. */
  readonly drafts: string;
  readonly restarts: number;
  readonly report: Report;
  readonly signal: AbortSignal;
  /** The report of progress that is under way: whoever reports the end waits for it. */
  progress: Promise<void>;
}

/** What no further try would make better. */
const LASTING = new Set([
  'download-refused',
  'checksum-mismatch',
  'bad-checksum',
  'disk-corrupt',
  'image-too-large',
  'forbidden-source',
  'image-not-found',
  'disk-not-found',
  'bad-volume',
]);
const REPORT_EVERY_MS = 1_000;
/** Says that a volume has been filled; hidden, like the folder of drafts. */
const FILLED = '.godwit-filled';

/** Fills volumes of this host: from the web, from files and images of the host, from other volumes, or with nothing. */
export class LocalVolumeFiller implements VolumeFiller {
  readonly #options: LocalVolumeFillerOptions;

  constructor(options: LocalVolumeFillerOptions) {
    this.#options = options;
  }

  async fill(
    volume: Stored<PersistentVolume>,
    request: FillRequest,
    known: FillState | undefined,
    report: Report,
    signal: AbortSignal,
  ): Promise<void> {
    const restarts = known?.restarts ?? 0;
    if (request.from === 'upload') {
      if (known?.phase !== 'Ready') await report({ phase: 'Ready', restarts });
      return;
    }
    await this.#finish(this.#work(volume, request, restarts, report, signal), (work) => this.#fetch(work));
  }

  /** Takes the bytes of an upload, and makes them the volume's disk. */
  async upload(
    volume: Stored<PersistentVolume>,
    request: FillRequest,
    bytes: AsyncIterable<Uint8Array>,
    report: Report,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#finish(this.#work(volume, request, 0, report, signal), async (work) => {
      const path = join(work.drafts, 'upload');
      await pipeline(bytes, createWriteStream(path), { signal });
      await this.#place(path, work);
    });
  }

  #work(
    volume: Stored<PersistentVolume>,
    request: FillRequest,
    restarts: number,
    report: Report,
    signal: AbortSignal,
  ): Work {
    const { name } = volume.metadata;
    const sizeBytes = parseQuantity(volume.spec?.capacity?.storage) ?? 0;
    const drafts = join(this.#options.volumes.folder(name), '.godwit-fill');
    return { volume, request, sizeBytes, drafts, restarts, report, signal, progress: Promise.resolve() };
  }

  async #finish(work: Work, act: (work: Work) => Promise<void>): Promise<void> {
    const { restarts, report, drafts } = work;
    // Filled, and the program died before that was written down: by now it may be in use.
    const mark = join(this.#options.volumes.folder(work.volume.metadata.name), FILLED);
    if (await exists(mark)) return report({ phase: 'Succeeded', progress: 100, restarts });
    await mkdir(drafts, { recursive: true, mode: 0o700 });
    await report({ phase: 'Running', restarts });
    try {
      await act(work);
      await writeFile(mark, '');
      await work.progress;
    } catch (error) {
      await work.progress;
      if (work.signal.aborted) throw error;
      const told = { reason: reasonOf(error), message: describeError(error) };
      if (!LASTING.has(codeOf(error))) {
        await report({ phase: 'Running', restarts: restarts + 1, ...told });
        throw error;
      }
      await rm(drafts, { recursive: true, force: true });
      return report({ phase: 'Failed', restarts, ...told });
    }
    await rm(drafts, { recursive: true, force: true });
    await report({ phase: 'Succeeded', progress: 100, restarts });
  }

  async #fetch(work: Work): Promise<void> {
    const { request, volume } = work;
    const { volumes } = this.#options;
    switch (request.from) {
      case 'http': {
        const path = join(work.drafts, 'download');
        await this.#download(request, path, work);
        if (request.checksum)
          await assertChecksum(path, request.checksum, work.signal).catch((error: unknown) => discard(path, error));
        return this.#place(path, work);
      }
      case 'image':
        return this.#copyImage(request, work);
      case 'volume':
        return this.#clone(request.volumeName, work);
      case 'blank':
        if (request.contentType === 'kubevirt') await volumes.disk(volume.metadata.name, work.sizeBytes, work.signal);
        return;
      case 'upload':
        return;
    }
  }

  async #place(path: string, { request, volume, sizeBytes, signal }: Work): Promise<void> {
    const folder = this.#options.volumes.folder(volume.metadata.name);
    if (request.contentType === 'archive') {
      await runProgram('tar', ['--extract', '--no-same-owner', '--file', path, '--directory', folder], { signal });
      return;
    }
    await placeImage(path, { folder, sizeBytes, preallocation: request.preallocation === true, signal });
  }

  async #download(request: Extract<FillRequest, { from: 'http' }>, path: string, work: Work): Promise<void> {
    if (request.url.startsWith('file:')) return this.#copyFile(fileURLToPath(request.url), path);
    const { namespace = '' } = work.volume.spec?.claimRef ?? {};
    const [login, certificates, headers] = await Promise.all([
      this.#secretValues(namespace, request.secretName),
      this.#certificates(namespace, request.certificatesName),
      Promise.all((request.headerSecretNames ?? []).map((name) => this.#secretValues(namespace, name))),
    ]);
    const user = login.get('accessKeyId');
    const password = login.get('secretKey');
    await this.#options.download(path, {
      url: request.url,
      namespace,
      headers: [...(request.headers ?? []), ...headers.flatMap((values) => [...values.values()])],
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(certificates !== undefined && { certificates }),
      skipVerify: request.skipVerify === true,
      signal: work.signal,
      onProgress: this.#progress(work),
    });
  }

  /** Tells the API of progress, now and then: each time is a durable write. */
  #progress(work: Work): (percent: number) => void {
    const { restarts, report, signal } = work;
    const { clock, log } = this.#options.world;
    let lastMs = clock.monotonic();
    let telling = false;
    return (percent) => {
      if (telling || signal.aborted || clock.monotonic() - lastMs < REPORT_EVERY_MS) return;
      lastMs = clock.monotonic();
      telling = true;
      work.progress = report({ phase: 'Running', restarts, progress: Math.min(99, Math.round(percent * 10) / 10) })
        .catch((error: unknown) => log.debug('progress was not written', { error: describeError(error) }))
        .finally(() => {
          telling = false;
        });
    };
  }

  async #copyFile(source: string, target: string): Promise<void> {
    const path = normalize(source);
    const allowed = this.#options.importFolders;
    if (!allowed.some((folder) => path.startsWith(`${normalize(folder)}/`))) {
      throw new Failure('forbidden-source', `${path}: files are imported only from ${allowed.join(', ') || 'nowhere'}`);
    }
    await stat(path).catch((error: unknown) => {
      throw new Failure('disk-not-found', `there is no file ${path}`, { cause: error });
    });
    await copyFile(path, target, constants.COPYFILE_FICLONE);
  }

  async #copyImage({ image, pullPolicy }: Extract<FillRequest, { from: 'image' }>, work: Work): Promise<void> {
    const user = `fill-${work.volume.metadata.uid}`;
    const { images } = this.#options;
    try {
      const disk = await images.disk(image, pullPolicy, undefined, user, work.signal);
      const path = join(work.drafts, 'image');
      await copyFile(disk.path, path, constants.COPYFILE_FICLONE);
      await this.#place(path, work);
    } finally {
      await images.release(user);
    }
  }

  /** A disk by `qemu-img`, which refuses one that a machine writes to; else the files of the volume. */
  async #clone(sourceName: string, work: Work): Promise<void> {
    const { volumes } = this.#options;
    const source = volumes.folder(sourceName);
    const names = await readdir(source).catch((error: unknown) => {
      throw new Failure('disk-not-found', `this host has no volume ${sourceName}`, { cause: error });
    });
    const disk = names.find((name) => name === 'disk.qcow2' || name === 'disk.img');
    if (disk) {
      const format = disk === 'disk.img' ? 'raw' : 'qcow2';
      const path = join(work.drafts, 'clone');
      await imageTool(['convert', '-q', '-f', format, '-O', format, join(source, disk), path], path, work.signal);
      return this.#place(path, work);
    }
    const target = volumes.folder(work.volume.metadata.name);
    const files = names.filter((name) => !name.startsWith('.godwit')).map((name) => join(source, name));
    if (files.length > 0)
      await runProgram('cp', ['-a', '--reflink=auto', '-t', target, ...files], { signal: work.signal });
  }

  async #secretValues(namespace: string, name: string | undefined): Promise<Map<string, string>> {
    if (!name) return new Map();
    const found = await this.#options.client.resource(secret).get({ namespace, name });
    const entries = Object.entries(found.data ?? {});
    return new Map(entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
  }

  async #certificates(namespace: string, name: string | undefined): Promise<string | undefined> {
    if (!name) return undefined;
    const found = await this.#options.client.resource(configMap).get({ namespace, name });
    return Object.values(found.data ?? {}).join('\n');
  }
}

/** Bytes that are wrong are no beginning to go on from. */
async function discard(path: string, error: unknown): Promise<never> {
  await rm(path, { force: true });
  throw error;
}

/** One CamelCase word for people: `checksum-mismatch` is `ChecksumMismatch`. */
function reasonOf(error: unknown): string {
  const words = codeOf(error).split('-');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
