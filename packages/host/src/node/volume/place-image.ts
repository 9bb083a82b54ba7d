import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@godwit/base';
import { runProgram } from '@godwit/base/node';
import { imageTool, inspectImage } from './disk-image.ts';
import { unpackFile } from './unpack.ts';

/** What an image file may be larger than the disk in it: headers and tables. */
const FORMAT_OVERHEAD_BYTES = 64 * 1024 * 1024;

export interface Placement {
  /** The volume's folder. */
  readonly folder: string;
  /** Size of the volume, in bytes: the disk is grown to it. */
  readonly sizeBytes: number;
  readonly preallocation: boolean;
  readonly signal: AbortSignal;
}

/**
 * Makes a downloaded or uploaded file the disk of a volume: unpacked, checked, turned into raw or qcow2 where it is
 * something else, grown, and moved into place at the very end. Codes: `disk-corrupt`, `image-too-large`, `no-space`.
 */
export async function placeImage(path: string, placement: Placement): Promise<void> {
  const { folder, sizeBytes, signal } = placement;
  await unpackFile(path, sizeBytes > 0 ? sizeBytes + FORMAT_OVERHEAD_BYTES : Number.POSITIVE_INFINITY, signal);
  const image = await inspectImage(path, undefined, signal);
  if (sizeBytes > 0 && image.sizeBytes > sizeBytes) {
    throw new Failure('image-too-large', `the image needs ${image.sizeBytes} bytes, the volume has ${sizeBytes}`);
  }
  let ready = path;
  if (image.format === 'qcow2') await imageTool(['check', '-q', '-f', 'qcow2', path], path, signal);
  else if (image.format !== 'raw') {
    ready = `${path}.qcow2`;
    await imageTool(['convert', '-q', '-f', image.format, '-O', 'qcow2', path, ready], path, signal);
    await rm(path, { force: true });
  }
  const format = image.format === 'raw' ? 'raw' : 'qcow2';
  if (sizeBytes > image.sizeBytes)
    await imageTool(['resize', '-q', '-f', format, ready, String(sizeBytes)], ready, signal);
  if (placement.preallocation && format === 'raw')
    await runProgram('fallocate', ['--length', String(sizeBytes), ready], { signal });
  await rename(ready, join(folder, format === 'raw' ? 'disk.img' : 'disk.qcow2'));
}
