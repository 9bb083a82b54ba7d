import { runProgram } from '../../test/support/kubectl.ts';

/** Runs a program to its end; throws what it said when it fails. */
export async function must(program: string, args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runProgram(program, args);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

const POLL_MS = 2;
const PATIENCE_MS = 120_000;

/** Looks every two milliseconds until there is an answer. */
export async function poll<T>(what: string, probe: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within two minutes`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
