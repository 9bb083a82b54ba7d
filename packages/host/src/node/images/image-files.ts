import { constants, copyFile, link, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { Failure, hasCode, KeyedLock } from '@godwit/base';
import { ifThere } from '@godwit/base/node';
import type { PullPolicy } from '../../hypervisor-driver.ts';
import { inspectImage } from '../volume/index.ts';
import type { ImageResolver, LocalImage } from './image-resolver.ts';

/** A disk laid out from an image. It is shared: never written to. */
export interface ImageDisk {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
  readonly sizeBytes: number;
}

/**
 * The folder of images: files laid out once an image, and who uses them. What changes the folder of one image goes in
 * turn: many machines of one image may start at once, while another is just being given up.
 */
export class ImageFiles {
  readonly #folder: string;
  readonly #resolver: ImageResolver;
  readonly #disks = new Map<string, ImageDisk>();
  readonly #turns = new KeyedLock();

  /** @param folder `<state>/images` */
  constructor(folder: string, resolver: ImageResolver) {
    this.#folder = folder;
    this.#resolver = resolver;
  }

  /**
   * A file of an image by its absolute path there, for the machine `user`. Codes: `image-not-found`,
   * `image-pull-failed`, `disk-not-found` (no such file in the image), `no-space`.
   */
  async file(image: string, policy: PullPolicy, path: string, user: string, signal: AbortSignal): Promise<string> {
    const local = await this.#resolver.resolve(image, policy, signal);
    const layOut = async () => {
      await this.#use(local.id, user);
      return this.#layOut(local, image, path, signal);
    };
    return this.#turns.inTurn(local.id, layOut, signal);
  }

  /** The disk of a containerDisk image: at `path`, else the only file in `/disk`. Also code `disk-corrupt`. */
  async disk(
    image: string,
    policy: PullPolicy,
    path: string | undefined,
    user: string,
    signal: AbortSignal,
  ): Promise<ImageDisk> {
    const local = await this.#resolver.resolve(image, policy, signal);
    const layOut = async () => {
      await this.#use(local.id, user);
      return this.#disk(local, image, path, signal);
    };
    return this.#turns.inTurn(local.id, layOut, signal);
  }

  async #disk(local: LocalImage, image: string, path: string | undefined, signal: AbortSignal): Promise<ImageDisk> {
    const known = this.#disks.get(`${local.id}:${path ?? ''}`);
    if (known) return known;
    const inside = path ?? (await this.#onlyDisk(local, image, signal));
    const file = await this.#layOut(local, image, inside, signal);
    const { format, sizeBytes } = await inspectImage(file, undefined, signal);
    if (format !== 'raw' && format !== 'qcow2') {
      throw new Failure('disk-corrupt', `image ${image}: ${inside} is ${format}; a machine boots from raw or qcow2`);
    }
    const disk: ImageDisk = { path: file, format, sizeBytes };
    this.#disks.set(`${local.id}:${path ?? ''}`, disk);
    return disk;
  }

  /** The machine needs none of its images any more. */
  async release(user: string): Promise<void> {
    for (const id of await entries(this.#folder)) await rm(join(this.#folder, id, 'users', user), { force: true });
  }

  /** Removes what no machine uses and none has used for `idleMs`. Returns the ids of what was removed. */
  async collect(idleMs: number, nowMs: number): Promise<string[]> {
    const removed: string[] = [];
    for (const id of await entries(this.#folder)) {
      if (await this.#turns.inTurn(id, () => this.#collectOne(id, idleMs, nowMs))) removed.push(id);
    }
    return removed;
  }

  async #collectOne(id: string, idleMs: number, nowMs: number): Promise<boolean> {
    const folder = join(this.#folder, id);
    if ((await entries(join(folder, 'users'))).length > 0) return false;
    // The folder of users changes whenever one comes or goes.
    const stats = (await ifThere(lstat(join(folder, 'users')))) ?? (await ifThere(lstat(folder)));
    // Several clean up at once: another one was here before.
    if (!stats || nowMs - stats.mtimeMs < idleMs) return false;
    await rm(folder, { recursive: true, force: true });
    for (const key of this.#disks.keys()) if (key.startsWith(`${id}:`)) this.#disks.delete(key);
    return true;
  }

  async #use(id: string, user: string): Promise<void> {
    const folder = join(this.#folder, id);
    await mkdir(join(folder, 'users'), { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'users', user), '');
  }

  async #layOut(local: LocalImage, image: string, path: string, signal: AbortSignal): Promise<string> {
    const inside = posix.normalize(posix.join('/', path));
    const target = join(this.#folder, local.id, 'files', inside);
    if (await isFile(target)) return target;
    await mkdir(dirname(target), { recursive: true });
    const draft = join(dirname(target), `.${basename(target)}.new`);
    await rm(draft, { force: true });
    const found = await this.#withFile(local, inside, signal, (source) => share(source, draft));
    if (!found) throw new Failure('disk-not-found', `image ${image} has no file ${inside}`);
    await rename(draft, target);
    return target;
  }

  async #onlyDisk(local: LocalImage, image: string, signal: AbortSignal): Promise<string> {
    const names = await this.#list(local, '/disk', signal);
    if (names.length === 1) return posix.join('/disk', names[0] as string);
    const found = names.length === 0 ? 'none' : names.join(', ');
    throw new Failure('disk-not-found', `image ${image} must have one file in /disk, it has: ${found}`);
  }

  /** Hands over the file as some layer has it, or a mounted view of the image where layers are no folders. */
  async #withFile(
    local: LocalImage,
    inside: string,
    signal: AbortSignal,
    take: (path: string) => Promise<void>,
  ): Promise<boolean> {
    for (const layer of local.layers) {
      const path = join(layer, inside);
      if (await isFile(path)) return take(path).then(() => true);
      if (await isWhiteout(path)) return false;
    }
    if (local.layers.length > 0) return false;
    const root = await this.#resolver.mount(local.id, signal);
    try {
      const path = join(root, inside);
      return (await isFile(path)) ? await take(path).then(() => true) : false;
    } finally {
      await this.#resolver.unmount(local.id);
    }
  }

  async #list(local: LocalImage, inside: string, signal: AbortSignal): Promise<string[]> {
    const names = new Set<string>();
    const hidden = new Set<string>();
    const read = async (folder: string) => {
      for (const name of await entries(folder)) {
        if (await isWhiteout(join(folder, name))) hidden.add(name);
        else if (!hidden.has(name) && (await isFile(join(folder, name)))) names.add(name);
      }
    };
    for (const layer of local.layers) await read(join(layer, inside));
    if (local.layers.length > 0) return [...names];
    const root = await this.#resolver.mount(local.id, signal);
    try {
      await read(join(root, inside));
    } finally {
      await this.#resolver.unmount(local.id);
    }
    return [...names];
  }
}

/** The same bytes under another name: a second link where possible, else shared blocks, else a copy. */
async function share(source: string, target: string): Promise<void> {
  try {
    await link(source, target);
  } catch (error) {
    if (!hasCode(error, 'EXDEV') && !hasCode(error, 'EPERM') && !hasCode(error, 'EMLINK')) throw error;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

/** How an overlay layer says that a file of a lower layer is gone: a character device 0:0. */
async function isWhiteout(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    return stats.isCharacterDevice() && stats.rdev === 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}

async function entries(folder: string): Promise<string[]> {
  return (await ifThere(readdir(folder))) ?? [];
}
