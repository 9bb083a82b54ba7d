import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@godwit/base';
import { exists, runProgram } from '@godwit/base/node';

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
  if (await underSystemd()) {
    await runProgram('busctl', scopeCall(pids, group));
    return;
  }
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

/**
 * The call of systemd's manager that moves processes into a new scope, as words for `busctl`. A scope that failed goes
 * as one that ended does (`CollectMode`): systemd would keep it, and refuse the next one of that name.
 * See org.freedesktop.systemd1(5), StartTransientUnit.
 */
export function scopeCall(pids: readonly number[], { scope, slice }: OwnGroup): string[] {
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const properties = [
    ['PIDs', 'au', String(pids.length), ...pids.map(String)],
    ['Slice', 's', slice],
    ['CollectMode', 's', 'inactive-or-failed'],
  ];
  const unit = [scope, 'replace', String(properties.length), ...properties.flat()];
  const noOtherUnits = '0';
  return ['call', ...manager, 'StartTransientUnit', 'ssa(sv)a(sa(sv))', ...unit, noOtherUnits];
}

/** Whether systemd keeps the groups of this host. */
export function underSystemd(): Promise<boolean> {
  return exists('/run/systemd/system');
}
