import { spawn } from 'node:child_process';
import { Failure } from '@godwit/base';

export interface CommandOptions {
  readonly input?: string;
  /** Milliseconds; 30 s by default. */
  readonly timeoutMs?: number;
}

/** A command ends with the program that gave it: none takes effect after the next program has looked at what is there. */
const ENDS_WITH_US = ['--pdeathsig', 'KILL', '--'];
/** What `setpriv`, `nsenter` and shells end with where they find no such program. */
const NO_SUCH_PROGRAM = 127;

/**
 * Runs a program to its end and answers what it printed. What it left running in the background stays.
 * @throws Failure `tool-missing` when there is no such program, `command-failed` with what it said
 */
export function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = ''] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', [...ENDS_WITH_US, ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Programs of the administrator are not on everybody's path.
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
      timeout: options.timeoutMs ?? 30_000,
      killSignal: 'SIGKILL',
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A program that ends without reading its input has its say by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => reject(new Failure('command-failed', `cannot run ${program}`, { cause })));
    child.on('close', (code, signal) => {
      const text = Buffer.concat(output).toString();
      if (code === 0) return resolve(text);
      const said = Buffer.concat(errors).toString().trim().slice(0, 2000);
      const end = signal ? `was killed by ${signal}` : `ended with ${code}`;
      const missing = code === NO_SUCH_PROGRAM;
      reject(
        new Failure(missing ? 'tool-missing' : 'command-failed', `${argv.slice(0, 6).join(' ')} ${end}: ${said}`, {
          details: { code },
        }),
      );
    });
  });
}

/** Words that make a command run in a named network namespace. */
export function inNamespace(namespace: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`, '--'];
}

/** Runs a shell script that stops at its first error. */
export function script(text: string): Promise<string> {
  return run(['sh', '-e'], { input: text });
}
