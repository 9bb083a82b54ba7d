import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '@godwit/base';
import { exists } from '@godwit/base/node';
import { buildBootDisk } from '../boot-disk.ts';
import { imageStamp, storeImage } from '../container-image.ts';
import { type ArchiveEntry, archiveFile, archiveFolder, cpio } from '../cpio.ts';
import { packageBehind, unpackPackage } from '../debian-package.ts';
import type { BuiltGuest, GuestOptions } from '../guest-options.ts';
import { KernelModules } from '../kernel-modules.ts';
import { remoteLogin } from './remote-login.ts';

/** Name of the tiny guest in the host's image store. */
export const tinyImage = 'localhost/godwit/tiny:latest';

/**
 * Kernel arguments with which the tiny guest boots quickest without KVM. What they leave out: calibrations, self-tests
 * and defences that a guest for tests does not need.
 */
export const tinyKernelArguments = [
  'console=ttyS0',
  'quiet',
  'tsc=reliable',
  'no_timer_check',
  'mitigations=off',
  'apparmor=0',
  'nokaslr',
  'random.trust_cpu=on',
  '8250.nr_uarts=1',
  'cryptomgr.notests',
].join(' ');

/** Modules by the moment at which they are needed; what they depend on is found by itself. */
const MODULES = {
  first: ['virtio_pci', 'virtio_net', 'virtio_blk'],
  late: ['button', 'evdev', 'virtio_console', 'virtio_balloon', 'virtio-rng', 'pvpanic'],
  seed: ['isofs', 'vfat', 'nls_cp437', 'nls_iso8859_1', 'virtio_scsi', 'sd_mod', 'sr_mod', 'ahci'],
} as const;

/** Counts changes of how the parts are put together that the parts themselves do not show. */
const RECIPE = 4;

/** Builds the tiny guest, or finds that the same one is there. */
export async function buildTinyGuest(options: GuestOptions): Promise<BuiltGuest> {
  await mkdir(options.folder, { recursive: true });
  const kernelPackage = await unpackPackage(await packageBehind('linux-image-cloud-amd64', options), options);
  const root = await rootFiles();
  const busybox = await readBusybox(options);
  const recipe = JSON.stringify([RECIPE, MODULES, tinyKernelArguments]);
  const stamp = stampOf([
    recipe,
    kernelPackage.version,
    busybox,
    ...root.map(({ path }) => path),
    ...root.map(({ bytes }) => bytes),
  ]);
  const disk = join(options.folder, 'tiny.qcow2');
  if (!options.force && (await imageStamp(tinyImage)) === stamp && (await exists(disk))) {
    return { image: tinyImage, disk, built: false };
  }
  const allModules = await firstThere(kernelPackage.folder, ['usr/lib/modules', 'lib/modules']);
  const [release] = await readdir(allModules);
  if (!release) throw new Failure('bad-kernel', `${kernelPackage.name} has no modules`);
  options.progress(`building tiny with Linux ${release}`);
  const initrd = cpio([
    ...root,
    archiveFile('bin/busybox', busybox, 0o755),
    ...(await modules(join(allModules, release))),
    await remoteLogin(options),
  ]);
  const packed = await readFile(join(kernelPackage.folder, 'boot', `vmlinuz-${release}`));
  const tree = join(options.folder, 'tiny');
  await rm(tree, { recursive: true, force: true });
  await mkdir(join(tree, 'boot'), { recursive: true });
  await writeFile(join(tree, 'boot/vmlinuz'), packed);
  await writeFile(join(tree, 'boot/initrd'), initrd);
  await mkdir(join(tree, 'disk'));
  await buildBootDisk({ kernel: packed, initrd, kernelArguments: tinyKernelArguments, target: disk }, options);
  await writeFile(join(tree, 'disk/disk.qcow2'), await readFile(disk));
  options.progress(`storing ${tinyImage}`);
  await storeImage(tree, tinyImage, stamp, options);
  await rm(tree, { recursive: true, force: true });
  return { image: tinyImage, disk, built: true };
}

async function modules(folder: string): Promise<ArchiveEntry[]> {
  const all = new KernelModules(folder);
  const seen = new Set<string>();
  const entries: ArchiveEntry[] = [];
  for (const [moment, names] of Object.entries(MODULES)) {
    const fresh = (await all.load(names)).filter(({ name }) => !seen.has(name));
    for (const { name, bytes } of fresh) {
      seen.add(name);
      entries.push(archiveFile(`lib/modules/${name}.ko`, bytes));
    }
    entries.push(archiveFile(`lib/modules/${moment}`, Buffer.from(fresh.map(({ name }) => `${name}\n`).join(''))));
  }
  return entries;
}

/** The files beside this one that make up the guest, and the folders that it mounts things on. */
async function rootFiles(): Promise<ArchiveEntry[]> {
  const source = fileURLToPath(new URL('root', import.meta.url));
  const names = (await readdir(source, { recursive: true })).sort();
  const entries: ArchiveEntry[] = ['bin', 'dev', 'proc', 'sys', 'run', 'root', 'tmp', 'lib', 'lib/modules'].map(
    (path) => archiveFolder(path),
  );
  for (const name of names) {
    const path = join(source, name);
    if ((await stat(path)).isDirectory()) entries.push(archiveFolder(name));
    else {
      const bytes = await readFile(path);
      entries.push(archiveFile(name, bytes, bytes.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644));
    }
  }
  return entries;
}

/** Out of its package, not from this machine: that may have the other busybox, which needs libraries. */
async function readBusybox(options: GuestOptions): Promise<Buffer> {
  const { name, folder } = await unpackPackage('busybox-static', options);
  const bytes = await readFile(await firstThere(folder, ['usr/bin/busybox', 'bin/busybox']));
  if (needsLoader(bytes)) throw new Failure('package-missing', `${name} has no static busybox`);
  return bytes;
}

/** The first of these places in a package that is there: Debian 13 moved what was in `/bin` and `/lib` under `/usr`. */
async function firstThere(folder: string, places: readonly string[]): Promise<string> {
  for (const place of places) if (await exists(join(folder, place))) return join(folder, place);
  throw new Failure('package-missing', `${folder} has none of ${places.join(', ')}`);
}

/** Whether an ELF file names a program that has to load its libraries: the guest has none (program header PT_INTERP). */
function needsLoader(bytes: Buffer): boolean {
  const start = Number(bytes.readBigUInt64LE(0x20));
  const size = bytes.readUInt16LE(0x36);
  const count = bytes.readUInt16LE(0x38);
  return Array.from({ length: count }).some((_, index) => bytes.readUInt32LE(start + index * size) === 3);
}

function stampOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 32);
}
