import { chmod, chown, lstat, mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VolumeFile } from '../../pod/index.ts';

const DATA = '..data';

/**
 * Replaces all files of a folder at once. The files stand in a folder of their own that the link `..data`
 * names; what programs open are links through it, so that a reader sees all of the old or all of the new.
 * Programs watch `..data` for changes: this is Kubernetes' own layout.
 *
 * @param version names the content; the same version is written once
 * @param group owner group of the files, if any
 */
export async function replaceFiles(
  folder: string,
  version: string,
  files: readonly VolumeFile[],
  group?: number,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const current = await readlink(join(folder, DATA)).catch(() => undefined);
  const next = `..${version}`;
  if (current === next) return;
  const staging = join(folder, next);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o755 });
  for (const file of files) await writeOne(staging, file, group);
  await symlink(next, join(folder, `${DATA}_new`)).catch(ignoreExisting);
  await rename(join(folder, `${DATA}_new`), join(folder, DATA));
  await linkTopNames(folder, files);
  if (current !== undefined) await rm(join(folder, current), { recursive: true, force: true });
}

async function writeOne(staging: string, file: VolumeFile, group: number | undefined): Promise<void> {
  const path = join(staging, file.path);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFile(path, file.bytes);
  // The mode given to writeFile would be narrowed by the process's mask.
  await chmod(path, group === undefined ? file.mode : file.mode | 0o040);
  if (group !== undefined) await chown(path, 0, group);
}

/** Links from the names that programs know, and away with those of files that are gone. */
async function linkTopNames(folder: string, files: readonly VolumeFile[]): Promise<void> {
  const wanted = new Set(files.map(({ path }) => path.split('/')[0] as string));
  for (const name of await readdir(folder)) {
    if (!name.startsWith('..') && !wanted.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
  for (const name of wanted) {
    const there = await lstat(join(folder, name)).catch(() => undefined);
    if (!there) await symlink(join(DATA, name), join(folder, name));
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
