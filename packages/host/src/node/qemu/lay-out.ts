import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { type Clock, Failure, KeyedLock, together } from '@godwit/base';
import { exists } from '@godwit/base/node';
import type { PreparedMachine, PreparedVolume, PrepareRequest, VolumeRequest } from '../../hypervisor-driver.ts';
import { iso9660 } from '../cloud-init/index.ts';
import type { ImageFiles } from '../images/index.ts';
import { createBlank, createOverlay, type FolderVolumes, inspectImage, supportsDirect } from '../volume/index.ts';
import type { MachineFiles } from './command-line/index.ts';
import { diskFolder } from './machine-files.ts';

export interface LayOutParts {
  readonly images: ImageFiles;
  readonly volumes: FolderVolumes;
  readonly clock: Clock;
  /** Folders of the host under which a hostDisk may lie. */
  readonly hostDiskFolders: readonly string[];
}

/** Lays out all disks and the kernel of one machine, beginning anew: what an earlier try left is removed. */
export async function layOut(
  request: PrepareRequest,
  files: MachineFiles,
  parts: LayOutParts,
  signal: AbortSignal,
): Promise<PreparedMachine> {
  const folder = diskFolder(files);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  const kernel = await layOutKernel(request, parts, signal);
  const volumes = await together(
    signal,
    request.volumes.map((volume) => (until) => layOutVolume(volume, request.uid, folder, parts, until)),
  );
  return { volumes, ...(kernel && { kernel }) };
}

async function layOutKernel(
  { uid, kernel }: PrepareRequest,
  { images }: LayOutParts,
  signal: AbortSignal,
): Promise<PreparedMachine['kernel']> {
  if (!kernel) return undefined;
  const file = (path: string) => images.file(kernel.image, kernel.pullPolicy, path, uid, signal);
  return {
    ...(kernel.kernelPath && { kernelPath: await file(kernel.kernelPath) }),
    ...(kernel.initrdPath && { initrdPath: await file(kernel.initrdPath) }),
  };
}

async function layOutVolume(
  { name, source }: VolumeRequest,
  uid: string,
  folder: string,
  parts: LayOutParts,
  signal: AbortSignal,
): Promise<PreparedVolume> {
  switch (source.type) {
    case 'image': {
      const base = await parts.images.disk(source.image, source.pullPolicy, source.path, uid, signal);
      return overlay(name, folder, base);
    }
    case 'persistent': {
      const disk = await parts.volumes.disk(source.volume, source.sizeBytes, signal);
      if (source.ephemeral) return overlay(name, folder, disk);
      const { path, format, sizeBytes } = disk;
      return { name, path, format, sizeBytes, readOnly: source.readOnly, direct: await supportsDirect(path) };
    }
    case 'empty': {
      const path = join(folder, `${name}.img`);
      await createBlank(path, source.sizeBytes);
      return { name, path, format: 'raw', sizeBytes: source.sizeBytes, readOnly: false, direct: false };
    }
    case 'files': {
      const path = join(folder, `${name}.iso`);
      const image = iso9660(source.label, source.files, parts.clock.now());
      await writeFile(path, image, { mode: 0o600 });
      // It is this machine's own copy, and SATA disks cannot be read-only: what a guest writes to it harms nobody.
      return { name, path, format: 'raw', sizeBytes: image.length, readOnly: false, direct: false };
    }
    case 'host-disk':
      return hostDisk(name, source, parts.hostDiskFolders, signal);
  }
}

/** Bases are read by many machines: the host's page cache serves them all, so overlays go through it. */
async function overlay(
  name: string,
  folder: string,
  base: { readonly path: string; readonly format: string; readonly sizeBytes: number },
): Promise<PreparedVolume> {
  const path = join(folder, `${name}.qcow2`);
  await createOverlay(path, base.path, base.format);
  return { name, path, format: 'qcow2', sizeBytes: base.sizeBytes, readOnly: false, direct: false };
}

async function hostDisk(
  name: string,
  source: { readonly path: string; readonly create: boolean; readonly sizeBytes?: number },
  allowed: readonly string[],
  signal: AbortSignal,
): Promise<PreparedVolume> {
  const path = normalize(source.path);
  if (!allowed.some((folder) => path.startsWith(`${normalize(folder)}/`))) {
    const rule = allowed.length === 0 ? 'this host allows no hostDisk' : `allowed only in ${allowed.join(', ')}`;
    throw new Failure('bad-volume', `hostDisk ${source.path}: ${rule}`);
  }
  if (source.create) await makeHostDisk(path, source.sizeBytes ?? 0);
  const { format, sizeBytes } = await inspectImage(path, undefined, signal);
  if (format !== 'raw' && format !== 'qcow2')
    throw new Failure('disk-corrupt', `${path} is ${format}, not raw or qcow2`);
  return { name, path, format, sizeBytes, readOnly: false, direct: await supportsDirect(path) };
}

const hostDisks = new KeyedLock();

/** Once, where machines that share it start at once. */
function makeHostDisk(path: string, sizeBytes: number): Promise<void> {
  return hostDisks.inTurn(path, async () => {
    if (!(await exists(path))) await createBlank(path, sizeBytes);
  });
}
