import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, KeyedLock } from '@godwit/base';
import { exists, ifThere } from '@godwit/base/node';
import type { VolumeDriver } from '../../volume-driver.ts';
import { assertFree, createBlank, type DiskImage, imageTool, inspectImage } from './disk-image.ts';

/** Names under which a volume may hold the disk of a virtual machine, with their format. */
const DISK_FILES = [
  { name: 'disk.qcow2', format: 'qcow2' },
  { name: 'disk.img', format: 'raw' },
] as const;

export interface VolumeDisk extends DiskImage {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
}

/**
 * PersistentVolumes as folders of one file system. Space is not set apart: what is checked is that the size asked for
 * is free when the volume is made.
 */
export class FolderVolumes implements VolumeDriver {
  readonly #root: string;
  readonly #turns = new KeyedLock();

  /** @param root `<state>/volumes` */
  constructor(root: string) {
    this.#root = root;
  }

  async provision({ name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }): Promise<void> {
    await mkdir(this.#root, { recursive: true, mode: 0o711 });
    if (await exists(join(this.folder(name), MARK))) return;
    await assertFree(this.#root, sizeBytes);
    await mkdir(this.folder(name), { recursive: true, mode: 0o777 });
    await writeFile(join(this.folder(name), MARK), `${JSON.stringify({ sizeBytes })}\n`);
  }

  async remove(name: string): Promise<void> {
    await rm(this.folder(name), { recursive: true, force: true });
  }

  folder(name: string): string {
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) throw new Failure('bad-volume', `no volume name: ${name}`);
    return join(this.#root, name);
  }

  /** How large the volume was asked to be, in bytes; undefined where there is none. */
  async sizeOf(name: string): Promise<number | undefined> {
    const mark = await ifThere(readFile(join(this.folder(name), MARK), 'utf8'));
    return mark === undefined ? undefined : (JSON.parse(mark) as { sizeBytes: number }).sizeBytes;
  }

  /**
   * The virtual machine's disk in a volume, made empty on first use and grown when the volume has become larger. Machines
   * that share it may ask at once. Codes: `disk-not-found` (no volume), `disk-corrupt`, `no-space`.
   */
  async disk(name: string, sizeBytes: number, signal?: AbortSignal): Promise<VolumeDisk> {
    return this.#turns.inTurn(name, () => this.#disk(name, sizeBytes, signal), signal);
  }

  async #disk(name: string, sizeBytes: number, signal?: AbortSignal): Promise<VolumeDisk> {
    const folder = this.folder(name);
    if (!(await exists(folder))) throw new Failure('disk-not-found', `this host has no volume ${name}`);
    for (const { name: file, format } of DISK_FILES) {
      const path = join(folder, file);
      if (!(await exists(path))) continue;
      const image = await inspectImage(path, format, signal);
      if (image.sizeBytes >= sizeBytes) return { ...image, format, path };
      await imageTool(['resize', '-q', '-f', format, path, String(sizeBytes)], path, signal);
      return { ...image, format, path, sizeBytes };
    }
    const path = join(folder, 'disk.img');
    await createBlank(path, sizeBytes);
    return { path, format: 'raw', sizeBytes, usedBytes: 0 };
  }
}

/** Says that the folder is complete, and how large the volume may become. Pods do not see it as theirs: it is hidden. */
const MARK = '.godwit-volume';
