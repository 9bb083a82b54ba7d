import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export { findKubectls, type Kubectl } from '../../apps/godwit/src/install/kubectl.ts';

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longest that a program may take of which nothing else is said: longer than any that waits by itself. */
const LONGEST_MS = 300_000;

/** Runs a program to its end. Never throws: look at `status`. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>>; timeoutMs?: number } = {},
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, PATH: `${process.env.PATH}:${dirname(process.execPath)}`, ...options.env },
      timeout: options.timeoutMs ?? LONGEST_MS,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}
