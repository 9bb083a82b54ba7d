import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@godwit/base';
import { run } from './run.ts';

/** A group of processes. */
export interface OwnGroup {
  /** Name of its scope, where systemd keeps them. */
  readonly scope: string;
  /** In which slice. */
  readonly slice: string;
  /** Name of its folder, where nobody keeps them. */
  readonly folder: string;
}

/**
 * Takes processes out of the cgroup of the program that started them, so that stopping the program's service does not
 * stop them, and nothing of it seems to be left over. With systemd they get a scope of their own, as systemd wants it;
 * elsewhere a plain group.
 */
export async function giveOwnGroup(pids: readonly number[], group: OwnGroup): Promise<void> {
  if (await exists('/run/systemd/system')) return scope(pids, group);
  // Version 2, or the unified part of a hybrid layout; version 1 alone keeps what it has: nobody ends services by it.
  for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
    if (!(await exists(join(root, 'cgroup.procs')))) continue;
    const path = join(root, group.folder);
    try {
      await mkdir(path, { recursive: true });
      for (const pid of pids) await writeFile(join(path, 'cgroup.procs'), String(pid));
    } catch (error) {
      // In a container the tree is read-only, and nobody but the container's end stops them.
      if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].some((code) => hasCode(error, code))) throw error;
    }
    return;
  }
}

async function scope(pids: readonly number[], { scope: name, slice }: OwnGroup): Promise<void> {
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const properties = ['2', 'PIDs', 'au', String(pids.length), ...pids.map(String), 'Slice', 's', slice, '0'];
  await run('busctl', ['call', ...manager, 'StartTransientUnit', 'ssa(sv)a(sa(sv))', name, 'replace', ...properties]);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
