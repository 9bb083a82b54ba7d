import { readdirSync, readFileSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runProgram } from '@godwit/base/node';
import type { KillCounts } from './memory-kill-ledger.ts';

export const CGROUP_ROOT = '/sys/fs/cgroup';
const ID = /libpod-([0-9a-f]{64})(?:\.scope)?$/;

/** The container whose control group has this name; undefined for the groups of others. */
export function containerIdOf(folder: string): string | undefined {
  return ID.exec(folder)?.[1];
}

/** Folders of containers by id, in the first of the given hierarchies that has them. */
async function containerFolders(hierarchies: readonly string[], parent: string): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const hierarchy of hierarchies) {
    const folder = join(CGROUP_ROOT, hierarchy, parent);
    for (const name of await names(folder)) {
      const id = containerIdOf(name);
      if (id) folders.set(id, join(folder, name));
    }
    if (folders.size > 0) break;
  }
  return folders;
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function readNumber(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** How often the kernel killed processes of containers for want of memory. Reads small files, and does not wait. */
export function killCounts(cgroupPath: string): KillCounts {
  const v1 = join(CGROUP_ROOT, 'memory', cgroupPath);
  const v2 = join(CGROUP_ROOT, cgroupPath);
  return {
    of: (id) =>
      readKills(join(v1, `libpod-${id}`, 'memory.oom_control')) ??
      readKills(join(v2, `libpod-${id}.scope`, 'memory.events')) ??
      readKills(join(v2, `libpod-${id}`, 'memory.events')),
    present: () => {
      let sum = 0;
      for (const name of namesNow(v2)) if (containerIdOf(name)) sum += readKills(join(v2, name, 'memory.events')) ?? 0;
      return sum;
    },
    // Of cgroup v1 there is none: it does not count those below.
    all: () => readKills(join(v2, 'memory.events')),
  };
}

function namesNow(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readKills(path: string): number | undefined {
  try {
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((text) => text.startsWith('oom_kill '));
    return line === undefined ? undefined : Number(line.slice('oom_kill '.length));
  } catch {
    // Gone, or another layout of cgroups.
    return undefined;
  }
}

/** The memory limit of a container, in bytes. */
export async function readMemoryLimit(cgroupPath: string, id: string): Promise<number | undefined> {
  const folder = (await containerFolders(['memory', ''], cgroupPath)).get(id);
  if (folder === undefined) return undefined;
  return (await readNumber(join(folder, 'memory.limit_in_bytes'))) ?? readNumber(join(folder, 'memory.max'));
}

/** Ends monitors of sessions that linger after the last container is gone. */
export async function killMonitors(cgroupPath: string): Promise<void> {
  for (const hierarchy of ['', ...(await names(CGROUP_ROOT))]) {
    const folder = join(CGROUP_ROOT, hierarchy, cgroupPath);
    // One for all by cgroupfs, one for each by systemd.
    const monitors = (await names(folder)).filter((name) => name === 'conmon' || name.startsWith('libpod-conmon-'));
    for (const name of monitors) await killAll(join(folder, name, 'cgroup.procs'));
  }
}

async function killAll(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const pid of text.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // Gone meanwhile.
    }
  }
}

/** Takes the slice of our containers from systemd, and those above it in which there is no other. */
export async function stopSlices(cgroupParent: string, cgroupPath: string): Promise<void> {
  if (!cgroupParent.endsWith('.slice')) return;
  for (let path = cgroupPath; path !== '/'; path = dirname(path)) {
    if ((await slicesIn(path)).length > 0) return;
    // One that systemd does not know is not there: that is what was wanted.
    await runProgram('systemctl', ['stop', basename(path)]).catch(() => {});
    await removeCgroup(path);
  }
}

/** Slices right below one, in whichever hierarchy systemd keeps its own. */
async function slicesIn(path: string): Promise<readonly string[]> {
  const found = await Promise.all(['', 'systemd'].map((hierarchy) => names(join(CGROUP_ROOT, hierarchy, path))));
  return found.flat().filter((name) => name.endsWith('.slice'));
}

/** Removes an empty cgroup and what is empty below it, in every hierarchy. */
export async function removeCgroup(cgroupPath: string): Promise<void> {
  for (const hierarchy of ['', ...(await names(CGROUP_ROOT))])
    await removeTree(join(CGROUP_ROOT, hierarchy, cgroupPath));
}

async function removeTree(folder: string): Promise<void> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
    await rmdir(folder);
  } catch {
    // Not there, or still in use by somebody else.
  }
}
