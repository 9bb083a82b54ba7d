import { readFile } from 'node:fs/promises';
import { type Clock, hasCode } from '@godwit/base';

/** A process of ours that outlives us: its id, and when it was started, in milliseconds since the epoch. */
export interface MachineProcess {
  readonly pid: number;
  readonly startedAtMs: number;
}

/**
 * The process that a pid file names, if it still is the one that wrote it: process ids are used again, so its command
 * line must mention `mark` (the machine's own folder).
 */
export async function findProcess(pidFile: string, mark: string): Promise<MachineProcess | undefined> {
  const text = await readIfThere(pidFile);
  const pid = Number.parseInt(text ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const [commandLine, status] = await Promise.all([
    readIfThere(`/proc/${pid}/cmdline`),
    readIfThere(`/proc/${pid}/stat`),
  ]);
  if (!commandLine?.includes(mark) || status === undefined) return undefined;
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended, whoever still has to collect it.
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return { pid, startedAtMs: (await bootTimeMs()) + Number(fields[19]) * 10 };
}

/** Resolves when the process is gone. False when it still is after `timeoutMs`. */
export async function processGone(pidFile: string, mark: string, clock: Clock, timeoutMs: number): Promise<boolean> {
  const untilMs = clock.monotonic() + timeoutMs;
  for (let waitMs = 2; ; waitMs = Math.min(50, waitMs * 2)) {
    if (!(await findProcess(pidFile, mark))) return true;
    if (clock.monotonic() >= untilMs) return false;
    await clock.sleep(waitMs);
  }
}

let bootTime: Promise<number> | undefined;

function bootTimeMs(): Promise<number> {
  bootTime ??= readFile('/proc/stat', 'utf8').then((text) => Number(/^btime (\d+)$/m.exec(text)?.[1] ?? 0) * 1000);
  return bootTime;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}
