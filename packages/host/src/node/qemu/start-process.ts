import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Failure, hasCode } from '@godwit/base';

/**
 * Starts QEMU, which goes into the background by itself: in a session of its own, so that it outlives us. Resolves when
 * it stands with all of its devices. Codes: see `launchFailure`.
 *
 * @param namespacePath network namespace in which its taps are
 */
export function startQemu(program: string, args: readonly string[], namespacePath: string | undefined): Promise<void> {
  const [command, all] =
    namespacePath === undefined ? [program, args] : ['nsenter', [`--net=${namespacePath}`, '--', program, ...args]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, cwd: '/' });
    const said: Buffer[] = [];
    child.stderr.on('data', (part: Buffer) => said.push(part));
    child.on('error', (error) => {
      if (!hasCode(error, 'ENOENT')) return reject(error);
      reject(new Failure('program-missing', `${command} is not installed`, { cause: error }));
    });
    child.on('exit', (code) => code === 0 && resolve());
    child.on('close', (code, signal) => {
      if (code !== 0) reject(launchFailure(Buffer.concat(said).toString(), code ?? signal));
    });
  });
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
  const text = said.trim().split('\n').slice(-4).join('; ') || `QEMU ended with ${how}`;
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
