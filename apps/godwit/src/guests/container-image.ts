import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@godwit/base/node';
import type { GuestOptions } from './guest-options.ts';

/** Label that says from what an image was built: where it is the same, nothing has to be built. */
const STAMP_LABEL = 'dev.godwit.stamp';

/** The stamp of an image in the host's store; undefined where there is none. */
export async function imageStamp(image: string): Promise<string | undefined> {
  const format = `{{ index .Labels "${STAMP_LABEL}" }}`;
  try {
    const text = (await runProgram('podman', ['image', 'inspect', '--format', format, image])).stdout.trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * Makes an image from scratch with the files of a folder, under a name of the host's ordinary store. The image that had
 * the name before loses it and, when nothing else uses it, goes.
 */
export async function storeImage(folder: string, image: string, stamp: string, options: GuestOptions): Promise<void> {
  const archive = join(options.folder, `${image.replaceAll(/[^a-z0-9]+/g, '-')}.tar`);
  const program = options.signal ? { signal: options.signal } : {};
  const before = await imageId(image);
  const owner = ['--owner=107', '--group=107', '--numeric-owner', '--sort=name'];
  await runProgram('tar', ['-C', folder, ...owner, '-cf', archive, '.'], program);
  try {
    const labels = ['--change', `LABEL ${STAMP_LABEL}=${stamp}`];
    await runProgram('podman', ['import', '--quiet', ...labels, archive, image], program);
  } finally {
    await rm(archive, { force: true });
  }
  // It may be in use, or carry another name: then it stays.
  if (before) await runProgram('podman', ['image', 'rm', before]).catch(() => undefined);
}

async function imageId(image: string): Promise<string | undefined> {
  try {
    return (await runProgram('podman', ['image', 'inspect', '--format', '{{.Id}}', image])).stdout.trim();
  } catch {
    return undefined;
  }
}
