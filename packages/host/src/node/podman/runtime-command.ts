import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import type { CommandResult } from '../../container-driver.ts';

const LONGEST_OUTPUT_BYTES = 10_240;

/**
 * Runs a command in a container by the OCI runtime itself: a third of the cost of a session through the
 * engine, and nothing lingers. For probes and hooks, which have no input and no terminal.
 * @param runtime `runc` or `crun`
 * @param pidFile where the runtime may write the command's process number
 */
export function runInContainer(
  runtime: string,
  id: string,
  command: readonly string[],
  pidFile: string,
  signal: AbortSignal,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(runtime, ['exec', '--pid-file', pidFile, id, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      if (output.length < LONGEST_OUTPUT_BYTES) output += chunk.toString('utf8');
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const give = (): void => {
      void killCommand(pidFile).finally(() => child.kill('SIGKILL'));
    };
    signal.addEventListener('abort', give, { once: true });
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', give);
      void rm(pidFile, { force: true });
      if (signal.aborted) reject(signal.reason);
      else resolve({ exitCode: code ?? 137, output: withoutLogMarks(output.slice(0, LONGEST_OUTPUT_BYTES)) });
    });
  });
}

/** What the runtime itself has to say comes as a line of its log: the message alone is for people, and stays the same. */
export function withoutLogMarks(output: string): string {
  return output.replace(/^time="[^"]*" level=\w+ msg="((?:[^"\\]|\\.)*)"$/gm, (_, message: string) =>
    message.replaceAll(/\\(.)/g, '$1'),
  );
}

/** The command itself: the end of the runtime's client alone would leave it running. */
async function killCommand(pidFile: string): Promise<void> {
  try {
    process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // It had not begun, or has ended.
  }
}
