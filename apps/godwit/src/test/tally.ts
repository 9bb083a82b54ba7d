import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstLines, type Missed, type RunSummary } from './outcome.ts';

/** What node's test runner wraps around what a test threw. */
interface TestError {
  readonly message: string;
  readonly failureType?: string;
  /** What was thrown: an Error, or anything else. */
  readonly cause?: unknown;
  readonly exitCode?: number;
}

/** What node's test runner tells its reporters, as far as it is counted here. */
export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    /** Of `test:stderr`. */
    readonly message?: string;
    readonly skip?: string | boolean;
    readonly details?: { readonly type?: string; readonly error?: TestError };
  };
}

/** Most of what a file writes on its error output that is kept, in characters. */
const MOST_OUTPUT = 4_000;
/** As many of them are told. */
const LAST_LINES = 12;

/** Counts what node's test runner tells, and keeps what did not pass, by full name and with its error. */
export class Tally {
  readonly #root: string;
  #passed = 0;
  readonly #failures: Missed[] = [];
  readonly #skipped: Missed[] = [];
  /** Names of the tests and suites that are running, the outermost first. */
  #names: string[] = [];
  readonly #output = new Map<string, string>();

  /** `root` is the folder of the project: paths are told from there. */
  constructor(root: string) {
    this.#root = root;
  }

  hear({ type, data }: TestEvent): void {
    const { name = '', nesting = 0, file = '' } = data;
    if (type === 'test:start') this.#names = [...this.#names.slice(0, nesting), name];
    else if (type === 'test:stderr') this.#keep(file, data.message ?? '');
    else if (type === 'test:fail') this.#fail(data, [...this.#names.slice(0, nesting), name]);
    else if (type === 'test:pass' && data.skip !== undefined) {
      this.#skipped.push(this.#missed(file, [...this.#names.slice(0, nesting), name], `${data.skip}`));
    } else if (type === 'test:pass' && data.details?.type !== 'suite') this.#passed++;
  }

  summary(): RunSummary {
    return { passed: this.#passed, failures: this.#failures, skipped: this.#skipped };
  }

  /** Whoever failed only because of what is in it is told by that. */
  #fail({ name = '', nesting = 0, file = '', details }: TestEvent['data'], names: readonly string[]): void {
    const error = details?.error;
    if (error?.failureType === 'subtestsFailed') return;
    const isFile = nesting === 0 && resolve(this.#root, name) === file;
    const reason = isFile && error?.exitCode !== undefined ? this.#endOf(file, error.exitCode) : this.#reason(error);
    this.#failures.push(this.#missed(file, isFile ? [] : names, reason));
  }

  #missed(file: string, names: readonly string[], reason: string): Missed {
    return { file: relative(this.#root, file), name: names.join(' › '), reason: firstLines(reason) };
  }

  #keep(file: string, message: string): void {
    const path = resolve(this.#root, file);
    this.#output.set(path, ((this.#output.get(path) ?? '') + message).slice(-MOST_OUTPUT));
  }

  /** Why a file ended before its tests did: the last that it said of that. */
  #endOf(file: string, exitCode: number): string {
    const said = (this.#output.get(file) ?? '').split('\n');
    const own = said.filter((line) => line.trim() !== '' && !/^\s+at .*node:internal/.test(line));
    return [`ended with code ${exitCode}`, ...own.slice(-LAST_LINES)].join('\n');
  }

  #reason(error: TestError | undefined): string {
    if (error === undefined) return 'failed without an error';
    const { cause } = error;
    if (typeof cause !== 'object' || cause === null) return error.message;
    const { message = '', stack = '' } = cause as Partial<Error>;
    const hook = error.failureType === 'hookFailed' ? `${error.message}: ` : '';
    const place = this.#placeIn(stack);
    return `${hook}${firstLines(message)}${place === undefined ? '' : `\n${place}`}`;
  }

  /** The innermost line of the project's own that a stack names. */
  #placeIn(stack: string): string | undefined {
    for (const [, url = '', line] of stack.matchAll(/(file:\/\/[^\s()]+?):(\d+):\d+/g)) {
      const path = relative(this.#root, fileURLToPath(url));
      if (!path.startsWith('..') && !path.includes('node_modules')) return `at ${path}:${line}`;
    }
    return undefined;
  }
}
