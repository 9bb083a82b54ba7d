import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '@godwit/base';
import { run } from '../process/index.ts';

/**
 * Takes a process out of the cgroup of the program that started it, so that stopping the program's service does not
 * stop the machine. With systemd the process gets a scope of its own, as systemd wants it; elsewhere a plain group.
 */
export async function giveOwnGroup(pid: number, uid: string): Promise<void> {
  if (await exists('/run/systemd/system')) return scope(pid, uid);
  // Version 2, or the unified part of a hybrid layout; version 1 alone keeps what it has: nobody ends services by it.
  for (const root of ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
    if (!(await exists(join(root, 'cgroup.procs')))) continue;
    const group = join(root, 'godwit-machines');
    try {
      await mkdir(group, { recursive: true });
      await writeFile(join(group, 'cgroup.procs'), String(pid));
    } catch (error) {
      // In a container the tree is read-only, and nobody but the container's end stops the machine.
      if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT'].some((code) => hasCode(error, code))) throw error;
    }
    return;
  }
}

async function scope(pid: number, uid: string): Promise<void> {
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const properties = ['2', 'PIDs', 'au', '1', String(pid), 'Slice', 's', 'machine.slice', '0'];
  await run('busctl', [
    'call',
    ...manager,
    'StartTransientUnit',
    'ssa(sv)a(sa(sv))',
    `godwit-vm-${uid}.scope`,
    'replace',
    ...properties,
  ]);
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
