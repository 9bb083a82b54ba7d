import { constants, open, rm, statfs } from 'node:fs/promises';
import { Failure, hasCode } from '@godwit/base';
import { runProgram } from '@godwit/base/node';

/** What a disk image is, as `qemu-img info` sees it. */
export interface DiskImage {
  /** `raw`, `qcow2`, `vmdk`, … */
  readonly format: string;
  /** Bytes that a guest sees. */
  readonly sizeBytes: number;
  /** Bytes that it takes on the host. */
  readonly usedBytes: number;
}

interface ImageInformation {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly 'actual-size': number;
  readonly 'backing-filename'?: string;
  readonly 'dirty-flag'?: boolean;
  readonly 'format-specific'?: { readonly data?: { readonly corrupt?: boolean; readonly 'data-file'?: string } };
}

/**
 * Looks at an image from outside. One that points at other files of the host is refused (`disk-corrupt`): whoever made
 * it could read them through a guest. Codes: `disk-not-found`, `disk-corrupt`.
 */
export async function inspectImage(path: string, format?: string, signal?: AbortSignal): Promise<DiskImage> {
  const args = ['info', '--force-share', '--output=json', ...(format ? ['-f', format] : []), path];
  let text: string;
  try {
    text = (await runProgram('qemu-img', args, signal ? { signal } : {})).stdout;
  } catch (error) {
    throw imageFailure(path, error);
  }
  const information = JSON.parse(text) as ImageInformation;
  const specific = information['format-specific']?.data;
  if (specific?.corrupt) throw new Failure('disk-corrupt', `${path}: the image is marked as corrupt`);
  if (information['backing-filename'] !== undefined || specific?.['data-file'] !== undefined) {
    throw new Failure('disk-corrupt', `${path}: the image depends on another file, which is not allowed`);
  }
  return {
    format: information.format,
    sizeBytes: information['virtual-size'],
    usedBytes: information['actual-size'],
  };
}

function imageFailure(path: string, error: unknown): unknown {
  if (!hasCode(error, 'program-failed')) return error;
  const said = error instanceof Error ? error.message : String(error);
  if (/No such file or directory/.test(said)) {
    return new Failure('disk-not-found', `${path}: there is no such disk`, { cause: error });
  }
  return new Failure('disk-corrupt', `${path}: the disk image cannot be read`, { cause: error });
}

/** Makes an overlay: reads come from `base`, which is never changed; writes stay in `path`. */
export async function createOverlay(path: string, base: string, format: string): Promise<void> {
  await rm(path, { force: true });
  await imageTool(['create', '-q', '-f', 'qcow2', '-F', format, '-b', base, path], path);
}

/** Makes an empty raw disk that takes no space until it is written to. */
export async function createBlank(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_EXCL, 0o600);
  try {
    await file.truncate(sizeBytes);
  } finally {
    await file.close();
  }
}

/** Runs `qemu-img`, telling a full file system (`no-space`) and a broken image (`disk-corrupt`) from the rest. */
export async function imageTool(args: readonly string[], path: string, signal?: AbortSignal): Promise<string> {
  try {
    return (await runProgram('qemu-img', args, signal ? { signal } : {})).stdout;
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    if (/No space left on device/.test(said)) throw new Failure('no-space', `${path}: no space left`, { cause: error });
    throw imageFailure(path, error);
  }
}

/** Throws `no-space` when the file system of `folder` has less than this free. */
export async function assertFree(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes) return;
  throw new Failure('no-space', `${folder} has ${inWords(freeBytes)} free, ${inWords(bytes)} are needed`, {
    details: { freeBytes, neededBytes: bytes },
    retryable: true,
  });
}

/** Roughly, so that what is said about the same thing twice is the same. */
function inWords(bytes: number): string {
  const mebibytes = Math.floor(bytes / 2 ** 20);
  return mebibytes < 10_240 ? `${mebibytes} MiB` : `${Math.floor(mebibytes / 1024)} GiB`;
}

/** Whether a file can be opened past the page cache: not on tmpfs, nor on some network file systems. */
export async function supportsDirect(path: string): Promise<boolean> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_DIRECT);
    await file.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return false;
    throw error;
  }
}
