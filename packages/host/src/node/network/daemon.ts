import { readFileSync, rmSync } from 'node:fs';
import type { Clock, Log } from '@godwit/base';
import { giveOwnGroup } from '../process/index.ts';

/** A process that outlives this program, known by its file of the process id and by its command line. */
export interface DaemonIdentity {
  readonly pidFile: string;
  /** A word of its command line that no other process has. */
  readonly mark: string;
  /** Name of the scope that it runs in. */
  readonly scope: string;
}

/** The process id of a daemon that runs; undefined when it does not, or the number belongs to another now. */
export function daemonPid({ pidFile, mark }: DaemonIdentity): number | undefined {
  const pid = Number(readText(pidFile).trim().split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return readText(`/proc/${pid}/cmdline`).split('\0').includes(mark) ? pid : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Takes a daemon that has just started, and what it started, out of the cgroup of this program. It serves either way. */
export async function keepApart(identity: DaemonIdentity, log: Log): Promise<void> {
  const pid = daemonPid(identity);
  if (pid === undefined) return;
  const workers = readText(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  const group = { scope: identity.scope, slice: 'system.slice', folder: 'godwit-network' };
  try {
    await giveOwnGroup([pid, ...workers], group);
  } catch (error) {
    log.warn('a daemon of the network stays in the control group of the program', { scope: identity.scope, error });
  }
}

/** Sends a signal; false when the daemon does not run. */
export function signalDaemon(identity: DaemonIdentity, signal: NodeJS.Signals): boolean {
  const pid = daemonPid(identity);
  return pid !== undefined && kill(pid, signal);
}

/** False when it has ended meanwhile. */
function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Ends a daemon and waits until it has gone; after `patienceMs` it is killed. */
export async function stopDaemon(identity: DaemonIdentity, clock: Clock, patienceMs = 2000): Promise<void> {
  const pid = daemonPid(identity);
  if (pid === undefined) return;
  signalDaemon(identity, 'SIGTERM');
  const untilMs = clock.monotonic() + patienceMs;
  while (daemonPid(identity) === pid || isAlive(pid, identity.mark)) {
    if (clock.monotonic() > untilMs) kill(pid, 'SIGKILL');
    await clock.sleep(10);
  }
  rmSync(identity.pidFile, { force: true });
}

function isAlive(pid: number, mark: string): boolean {
  return readText(`/proc/${pid}/cmdline`).split('\0').includes(mark);
}

/** The first of the users that this machine has. */
export function existingUser(...users: readonly string[]): string {
  const passwd = readText('/etc/passwd');
  return users.find((user) => passwd.split('\n').some((line) => line.startsWith(`${user}:`))) ?? 'root';
}
