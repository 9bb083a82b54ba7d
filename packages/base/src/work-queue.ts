import type { Clock, Timer } from './clock.ts';

/** First and longest wait between tries of one key, in milliseconds. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Names that have been taken are forgotten together, when there are more of them. */
const LONGEST_PAST = 1_024;

/**
 * Names that wait for attention. A name is queued once however often it is added; while it is being
 * worked on, another `add` makes it run once more afterwards. Never two workers on one name.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  #ready: string[] = [];
  /** Names before this place have been taken. */
  #taken = 0;
  readonly #queued = new Set<string>();
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();
  readonly #timers = new Map<string, { timer: Timer; atMs: number }>();
  readonly #failures = new Map<string, number>();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock, backOff: BackOff = { firstMs: 50, longestMs: 60_000 }) {
    this.#clock = clock;
    this.#backOff = backOff;
  }

  /** Names ready to be worked on now. */
  get depth(): number {
    return this.#ready.length - this.#taken;
  }

  add(name: string): void {
    if (this.#closed) return;
    if (this.#running.has(name)) this.#again.add(name);
    else if (!this.#queued.has(name)) {
      this.#queued.add(name);
      this.#ready.push(name);
      this.#wake?.();
    }
  }

  /** Adds `name` after `delayMs`; of several calls the earliest wins. */
  addAfter(name: string, delayMs: number): void {
    if (this.#closed) return;
    const atMs = this.#clock.monotonic() + delayMs;
    const earlier = this.#timers.get(name);
    if (earlier && earlier.atMs <= atMs) return;
    earlier?.timer.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#timers.delete(name);
      this.add(name);
    });
    this.#timers.set(name, { timer, atMs });
  }

  /** Adds `name` after a wait that doubles with each failure; returns the wait in milliseconds. */
  retry(name: string): number {
    const failures = this.#failures.get(name) ?? 0;
    this.#failures.set(name, failures + 1);
    const delayMs = Math.min(this.#backOff.longestMs, this.#backOff.firstMs * 2 ** failures);
    this.addAfter(name, delayMs);
    return delayMs;
  }

  /** Forgets the failures of `name`, after a success. */
  forget(name: string): void {
    this.#failures.delete(name);
  }

  /** The next name, or undefined once the queue is closed. The caller must call `done`. */
  async take(): Promise<string | undefined> {
    while (!this.#closed) {
      const name = this.#next();
      if (name !== undefined) {
        this.#queued.delete(name);
        this.#running.add(name);
        return name;
      }
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          this.#wake = undefined;
          before?.();
          resolve();
        };
      });
    }
    return undefined;
  }

  /** In constant time, however many wait. */
  #next(): string | undefined {
    const name = this.#ready[this.#taken];
    if (name === undefined) return undefined;
    this.#taken++;
    if (this.#taken === this.#ready.length) {
      this.#ready = [];
      this.#taken = 0;
    } else if (this.#taken > LONGEST_PAST && this.#taken * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#taken);
      this.#taken = 0;
    }
    return name;
  }

  done(name: string): void {
    this.#running.delete(name);
    if (this.#again.delete(name)) this.add(name);
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#wake?.();
  }
}
