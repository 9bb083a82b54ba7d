import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, Failure, hasCode } from '@godwit/base';
import { ifThere, runProgram } from '@godwit/base/node';
import { type OwnGroup, underSystemd } from './own-group.ts';

/** The kernel's scheduler deals out processor time anew so often, in microseconds: its own default. */
const PERIOD_US = 100_000;
const ROOT = '/sys/fs/cgroup';

/**
 * Lets a process with all its threads use the time of no more than so many processors; undefined: of all. Code
 * `cannot-limit` where this host has no group with a say over processors.
 */
export async function limitProcessorTime(pid: number, group: OwnGroup, processors: number | undefined): Promise<void> {
  if (await underSystemd()) {
    await runProgram('busctl', timeCall(group.scope, processors));
    return;
  }
  const quotaUs = processors === undefined ? undefined : Math.round(processors * PERIOD_US);
  try {
    await ((await isUnified()) ? limitUnified(pid, group, quotaUs) : limitByController(pid, group, quotaUs));
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'EBUSY', 'EINVAL', 'EOPNOTSUPP'].some((code) => hasCode(error, code)))
      throw error;
    throw new Failure('cannot-limit', 'this host lets nobody divide up its processors', { cause: error });
  }
}

/** Of how many processors a process may use the time; undefined: of all. */
export async function processorTimeOf(pid: number): Promise<number | undefined> {
  const groups = groupsIn(await readOr(`/proc/${pid}/cgroup`, ''));
  const [quota, period] = (await isUnified())
    ? (await readOr(join(ROOT, groups.get('') ?? '/', 'cpu.max'), 'max')).split(' ')
    : await Promise.all(
        ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((file) =>
          readOr(join(ROOT, 'cpu', groups.get('cpu') ?? '/', file), '-1'),
        ),
      );
  const share = Number(quota) / Number(period);
  return Number.isFinite(share) && share > 0 ? share : undefined;
}

/** How often, and how long apart, the group of a process that has just ended is tried to be taken away. */
const TRIES = 20;
const APART_MS = 50;

/** Takes the group away that a process was put into, when it is gone. */
export async function forgetProcessorTime({ scope }: OwnGroup, clock: Clock): Promise<void> {
  if (await underSystemd()) return;
  const root = (await isUnified()) ? ROOT : join(ROOT, 'cpu');
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      return await rmdir(join(root, scope));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      // The last of its threads is just going.
      if (!hasCode(error, 'EBUSY')) throw error;
      await clock.sleep(APART_MS);
    }
  }
}

/**
 * The call of systemd's manager that sets how much time the processes of a scope may use, as words for `busctl`. See
 * org.freedesktop.systemd1(5), SetUnitProperties: microseconds a second, all ones for as much as they like.
 */
export function timeCall(scope: string, processors: number | undefined): string[] {
  const manager = ['org.freedesktop.systemd1', '/org/freedesktop/systemd1', 'org.freedesktop.systemd1.Manager'];
  const timeUs = processors === undefined ? String(2n ** 64n - 1n) : String(Math.round(processors * 1_000_000));
  const untilItEnds = 'true';
  const property = ['CPUQuotaPerSecUSec', 't', timeUs];
  return ['call', ...manager, 'SetUnitProperties', 'sba(sv)', scope, untilItEnds, '1', ...property];
}

async function limitUnified(pid: number, { scope }: OwnGroup, quotaUs: number | undefined): Promise<void> {
  const path = join(ROOT, scope);
  await writeFile(join(ROOT, 'cgroup.subtree_control'), '+cpu');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'cpu.max'), `${quotaUs ?? 'max'} ${PERIOD_US}`);
  await writeFile(join(path, 'cgroup.procs'), String(pid));
}

/** Version 1, where each controller has a tree of its own. */
async function limitByController(pid: number, { scope }: OwnGroup, quotaUs: number | undefined): Promise<void> {
  const path = join(ROOT, 'cpu', scope);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'cpu.cfs_period_us'), String(PERIOD_US));
  await writeFile(join(path, 'cpu.cfs_quota_us'), String(quotaUs ?? -1));
  await writeFile(join(path, 'cgroup.procs'), String(pid));
}

async function isUnified(): Promise<boolean> {
  return (await readOr(join(ROOT, 'cgroup.controllers'), '')) !== '';
}

/** Paths by controller, as /proc/PID/cgroup tells them; that of version 2 has no name. See cgroups(7). */
function groupsIn(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers = '', path = '/'] = line.match(/^\d+:([^:]*):(.*)$/) ?? [];
    for (const controller of controllers.split(',')) groups.set(controller, path);
  }
  return groups;
}

async function readOr(path: string, otherwise: string): Promise<string> {
  return (await ifThere(readFile(path, 'utf8')))?.trim() ?? otherwise;
}
