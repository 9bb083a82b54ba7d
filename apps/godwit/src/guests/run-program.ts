import { spawn } from 'node:child_process';
import { Failure, hasCode } from '@godwit/base';

const TAIL_CHARACTERS = 1_000;

export interface ProgramOptions {
  readonly folder?: string;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and resolves with what it wrote. Codes: `program-missing`, `program-failed`. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.folder !== undefined && { cwd: options.folder }),
      ...(options.signal && { signal: options.signal }),
      env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.environment },
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (part: Buffer) => stdout.push(part));
    child.stderr.on('data', (part: Buffer) => {
      stderr = (stderr + part.toString()).slice(-TAIL_CHARACTERS);
    });
    child.on('error', (error) => {
      if (!hasCode(error, 'ENOENT')) return reject(error);
      reject(new Failure('program-missing', `${program} is not installed`, { cause: error }));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(stdout));
      reject(new Failure('program-failed', `${program} ended with ${code ?? signal}: ${stderr.trim()}`));
    });
  });
}
