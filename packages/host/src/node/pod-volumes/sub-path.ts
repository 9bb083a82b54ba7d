import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Failure } from '@godwit/base';

/**
 * A path inside a volume, made as a folder where there is nothing. Links that lead out of the volume are
 * refused: a pod must not reach the host through them.
 * @throws Failure `configuration-error`
 */
export async function subPath(volume: string, path: string): Promise<string> {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new Failure('configuration-error', `subPath "${path}" must be relative and stay in the volume`);
  }
  const root = await realpath(volume);
  const wanted = join(root, path);
  const there = await stat(wanted).catch(() => undefined);
  if (!there) {
    await insideOf(root, await nearestExisting(dirname(wanted)), path);
    await mkdir(wanted, { recursive: true });
    // With the rights of the volume itself, so that whoever may write there may write here.
    await chmod(wanted, (await stat(root)).mode & 0o7777);
  }
  const found = await realpath(wanted);
  await insideOf(root, found, path);
  return found;
}

async function nearestExisting(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  return found ?? nearestExisting(dirname(path));
}

function insideOf(root: string, found: string, path: string): Promise<void> {
  if (found === root || found.startsWith(root + sep)) return Promise.resolve();
  throw new Failure('configuration-error', `subPath "${path}" leads out of the volume`);
}
