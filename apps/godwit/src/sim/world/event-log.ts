import { createHash } from 'node:crypto';
import type { Log, LogFields } from '@godwit/base';

/** Lines that are kept to be shown when a run fails. */
const KEPT_LINES = 400;

/**
 * Everything that happens in a run, in order. Two runs of one seed must have the same hash; the last lines are
 * what a person reads when a run fails.
 */
export class EventLog {
  readonly #hash = createHash('sha256');
  readonly #nowMs: () => number;
  readonly #onLine: ((line: string) => void) | undefined;
  #lines: string[] = [];
  #count = 0;
  #unhashed = 0;

  constructor(nowMs: () => number, onLine?: (line: string) => void) {
    this.#nowMs = nowMs;
    this.#onLine = onLine;
  }

  /** How many events there were. */
  get count(): number {
    return this.#count;
  }

  /** The last lines, oldest first. */
  get tail(): readonly string[] {
    return this.#lines.slice(-KEPT_LINES);
  }

  add(what: string): void {
    const line = `${(this.#nowMs() / 1000).toFixed(3)} ${what}`;
    this.#count++;
    this.#lines.push(line);
    if (++this.#unhashed === KEPT_LINES) this.#seal();
    this.#onLine?.(line);
  }

  /** Hashes the lines that have not been, and forgets those before them. */
  #seal(): void {
    const lines = this.#lines.slice(this.#lines.length - this.#unhashed);
    this.#hash.update(`${lines.join('\n')}\n`);
    this.#unhashed = 0;
    if (this.#lines.length > KEPT_LINES) this.#lines = this.#lines.slice(-KEPT_LINES);
  }

  /** The hash of all events; nothing can be added afterwards. */
  digest(): string {
    if (this.#unhashed > 0) this.#seal();
    return this.#hash.digest('hex').slice(0, 16);
  }

  /** The log of a program: its warnings and errors become events. */
  programLog(name: string): Log {
    const say = (level: string) => (message: string, fields?: LogFields) =>
      this.add(`${name} ${level}: ${message}${wordsOf(fields)}`);
    const log: Log = { debug() {}, info() {}, warn: say('warns'), error: say('fails'), with: () => log };
    return log;
  }
}

function wordsOf(fields: LogFields | undefined): string {
  if (!fields) return '';
  return ` ${Object.entries(fields)
    .map(([name, value]) => `${name}=${value instanceof Error ? value.message : String(value)}`)
    .join(' ')}`;
}
