import { runProgram } from '@godwit/base/node';

export interface CommandOptions {
  readonly input?: string;
  /** Milliseconds; 30 s by default. */
  readonly timeoutMs?: number;
}

/**
 * Runs a command and answers what it printed. It ends with the program that gave it: none takes effect after the next
 * program has looked at what is there.
 * @throws Failure `program-missing`, `program-failed`
 */
export async function run(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = '', ...args] = argv;
  return (await runProgram(program, args, { timeoutMs: 30_000, ...options, endsWithUs: true })).stdout;
}

/** Words that make a command run in a named network namespace. */
export function inNamespace(namespace: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`, '--'];
}

/** Runs a shell script that stops at its first error. */
export function script(text: string): Promise<string> {
  return run(['sh', '-e'], { input: text });
}
