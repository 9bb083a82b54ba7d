import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { type Clock, Failure, hasCode } from '@godwit/base';
import type { MachineFiles } from './command-line/index.ts';
import { connectSocket } from './socket.ts';

/** How long QEMU may take to build the machine and open its monitor. */
const START_TIMEOUT_MS = 60_000;
const LOOK_MS = 2;

/**
 * Starts QEMU in a session of its own, with nothing of ours open, so that it outlives us. (`-daemonize` would do the
 * same, but not under the sandbox that forbids new processes.) Resolves when its monitor can be reached, rejects when
 * it ends before. Codes: see `launchFailure`.
 */
export async function startQemu(
  [program = '', ...args]: readonly string[],
  files: MachineFiles,
  clock: Clock,
): Promise<void> {
  const log = await open(files.log, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(program, args, { stdio: ['ignore', log.fd, log.fd], detached: true, cwd: '/' });
  } finally {
    await log.close();
  }
  let end: { readonly how: string | number | null; readonly error?: Error } | undefined;
  child.on('error', (error) => {
    end ??= { how: null, error };
  });
  child.on('exit', (code, signal) => {
    end ??= { how: code ?? signal };
  });
  child.unref();
  await monitorOpen(files.monitor, clock, () => end !== undefined);
  if (!end) return;
  if (hasCode(end.error, 'ENOENT'))
    throw new Failure('program-missing', `${program} is not installed`, { cause: end.error });
  throw launchFailure(await readFile(files.log, 'utf8'), end.how);
}

async function monitorOpen(path: string, clock: Clock, ended: () => boolean): Promise<void> {
  for (const untilMs = clock.monotonic() + START_TIMEOUT_MS; !ended(); ) {
    try {
      const socket = await connectSocket(path);
      // QEMU serves one connection after another: this one makes room at once.
      socket.destroy();
      return;
    } catch (error) {
      if (!hasCode(error, 'not-connected')) throw error;
    }
    if (clock.monotonic() > untilMs)
      throw new Failure('launch-failed', 'QEMU did not open its monitor', { retryable: true });
    await clock.sleep(LOOK_MS);
  }
}

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/Cannot allocate memory|cannot set up guest memory/, 'no-memory'],
  [/Failed to get .*lock|Is another process using the image/, 'disk-in-use'],
  [/No space left on device/, 'no-space'],
  [
    /Image is (corrupt|not in)|is corrupt|Could not read (L1|qcow2|snapshots)|Invalid (L1|refcount|argument).*qcow2/i,
    'disk-corrupt',
  ],
  [
    /unable to find CPU model|unsupported machine type|is not a valid device model name|smp|Invalid CPU/i,
    'unsupported-hardware',
  ],
];

/** What QEMU said when it would not start, as a code: `no-memory`, `disk-in-use`, `disk-corrupt`, …, `launch-failed`. */
export function launchFailure(said: string, how: string | number | null): Failure {
  // Without its times, so that the same words are the same event.
  const lines = said
    .trim()
    .replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /gm, '')
    .split('\n');
  const text = lines.slice(-4).join('; ') || `QEMU ended with ${how}`;
  const code = CAUSES.find(([pattern]) => pattern.test(said))?.[1] ?? 'launch-failed';
  return new Failure(code, text, { retryable: true });
}

/** Throws `no-memory` when the host has not this much memory left: better than the kernel killing somebody later. */
export async function assertMemory(bytes: number): Promise<void> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const availableBytes = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.MAX_SAFE_INTEGER) * 1024;
  if (bytes <= availableBytes) return;
  throw new Failure('no-memory', `the guest needs ${bytes} bytes of memory, the host has ${availableBytes} left`, {
    details: { neededBytes: bytes, availableBytes },
    retryable: true,
  });
}
