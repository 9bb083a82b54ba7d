import { spawn } from 'node:child_process';
import { Failure, hasCode } from '../index.ts';

export interface ProgramOptions {
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<NodeJS.ProcessEnv>;
  readonly folder?: string;
  readonly input?: string;
  /** After this many milliseconds the program is killed and the run fails. */
  readonly timeoutMs?: number;
  /** It is killed when this program ends, however it ends. What it left running in the background stays. */
  readonly endsWithUs?: boolean;
}

/** What a program wrote, cut off after 64 MiB. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const TAIL_CHARACTERS = 2000;
/** What `setpriv`, `nsenter` and shells end with where they find no such program. */
const NO_SUCH_PROGRAM = 127;

/**
 * Runs a program to its end without a shell, also where the signal ends it: what comes after does not meet it any more.
 * Programs of the administrator are found too, and what is said is in English.
 * @throws Failure `program-missing` where it is not installed, `program-failed` with details.exitCode and the last of
 * what it said otherwise
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramOutput> {
  const [first, ...words] = options.endsWithUs
    ? (['setpriv', '--pdeathsig', 'KILL', '--', program, ...args] as const)
    : ([program, ...args] as const);
  return new Promise((resolve, reject) => {
    const child = spawn(first, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8', ...options.environment },
      killSignal: 'SIGKILL',
      ...(options.folder !== undefined && { cwd: options.folder }),
      ...(options.signal && { signal: options.signal }),
      ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const missing = (cause?: Error) => new Failure('program-missing', `${program} is not installed`, { cause });
    child.on('error', (error) => {
      const fail = () => reject(hasCode(error, 'ENOENT') ? missing(error) : error);
      // Of one that is told to end it is heard at once: it has ended when nothing of it can happen any more.
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) child.once('exit', fail);
      else fail();
    });
    child.on('close', (code, signal) => {
      const output = { stdout: stdout(), stderr: stderr() };
      if (code === 0) return resolve(output);
      const said = (output.stderr.trim() || output.stdout.trim()).slice(-TAIL_CHARACTERS);
      const end = signal ? `was killed by ${signal}` : `ended with ${code}`;
      const failed = new Failure('program-failed', `${commandOf(program, args)} ${end}${said && `: ${said}`}`, {
        details: { exitCode: code, stderr: output.stderr.slice(-TAIL_CHARACTERS) },
      });
      reject(options.endsWithUs && code === NO_SUCH_PROGRAM ? missing(failed) : failed);
    });
    // A program that ends without reading its input has its say by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** The first words, to know it by. */
function commandOf(program: string, args: readonly string[]): string {
  return [program, ...args.slice(0, 4)].join(' ');
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
