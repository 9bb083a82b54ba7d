import { spawn } from 'node:child_process';
import { Failure } from '@godwit/base';

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly input?: string;
  /** After this many milliseconds the program is killed and the run fails. */
  readonly timeoutMs?: number;
}

/** What a program wrote, cut off after 16 MiB. */
export interface RunOutput {
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
const TAIL_CHARACTERS = 600;

/**
 * Runs a program to its end without a shell. Codes: `program-missing` where it is not installed, `program-failed` with
 * details.exitCode and the last of what it said otherwise.
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunOutput> {
  const timeout = options.timeoutMs === undefined ? [] : [AbortSignal.timeout(options.timeoutMs)];
  const signals = [...(options.signal ? [options.signal] : []), ...timeout];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.folder !== undefined && { cwd: options.folder }),
      ...(options.environment && { env: { ...process.env, ...options.environment } }),
      ...(signals.length > 0 && { signal: AbortSignal.any(signals), killSignal: 'SIGKILL' as const }),
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (error) => reject(startFailure(program, error)));
    child.on('close', (code, signal) => {
      const output = { stdout: stdout(), stderr: stderr() };
      if (code === 0) return resolve(output);
      const said = (output.stderr.trim() || output.stdout.trim()).slice(-TAIL_CHARACTERS);
      const how = signal ? `was ended by ${signal}` : `failed with ${code}`;
      const details = { exitCode: code, stderr: output.stderr.slice(-TAIL_CHARACTERS) };
      reject(new Failure('program-failed', `${program} ${how}${said && `: ${said}`}`, { details }));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  let length = 0;
  stream.on('data', (part: Buffer) => {
    if (length < MOST_OUTPUT_BYTES) parts.push(part);
    length += part.length;
  });
  return () => Buffer.concat(parts).toString();
}

function startFailure(program: string, error: Error): Error {
  if ('code' in error && error.code === 'ENOENT') {
    return new Failure('program-missing', `${program} is not installed`, { cause: error });
  }
  return error;
}
