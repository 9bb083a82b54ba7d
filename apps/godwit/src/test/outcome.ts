/** A test, a file of tests or a check that did not pass. */
export interface Missed {
  /** From the root of the project. */
  readonly file: string;
  /** With the names of what it is in, such as `disks › are resized`; empty where nothing in the file was run. */
  readonly name: string;
  /** Why: the first lines of the error, or why it was skipped. */
  readonly reason: string;
}

/** How a run of tests, or the checks, went. */
export interface RunSummary {
  readonly passed: number;
  readonly failures: readonly Missed[];
  readonly skipped: readonly Missed[];
}

/** The same of one tier, with how long it took. */
export interface Outcome extends RunSummary {
  readonly tier: string;
  readonly durationMs: number;
}

/** More of an error is to be read where it happened. */
const MOST_LINES = 15;

/** The first lines of a text, without empty ones around it; says when there were more. */
export function firstLines(text: string): string {
  const lines = text
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
    .split('\n');
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), '…'].join('\n') : lines.join('\n');
}
