import { type Clock, sleepWith, type Timer } from './clock.ts';
import { Heap } from './heap.ts';

interface Task {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/**
 * A clock that stands still until it is told to move. Timers fire in the order of their instant, and
 * those of one instant in the order in which they were set, so that a run can be repeated exactly.
 */
export class VirtualClock implements Clock {
  readonly #tasks = new Heap<Task>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  readonly #epochMs: number;
  #elapsedMs = 0;
  #jumpedMs = 0;
  #order = 0;

  /** @param epochMs what `now()` answers at the start, in milliseconds since the Unix epoch */
  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs;
  }

  now(): number {
    return this.#epochMs + this.#jumpedMs + this.#elapsedMs;
  }

  /** Puts the wall clock forward, or back: what an operator or a time server does. Timers do not notice. */
  jump(byMs: number): void {
    this.#jumpedMs += byMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const entry: Task = { atMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#order++, run: task };
    this.#tasks.push(entry);
    return {
      cancel: () => {
        entry.run = undefined;
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }

  /** When the next timer is due, in `monotonic` milliseconds; undefined when there is none. */
  nextAtMs(): number | undefined {
    while (this.#tasks.peek() && !this.#tasks.peek()?.run) this.#tasks.pop();
    return this.#tasks.peek()?.atMs;
  }

  /** Moves time to the next timer and fires it. False when there was none. */
  step(): boolean {
    if (this.nextAtMs() === undefined) return false;
    const task = this.#tasks.pop() as Task;
    this.#elapsedMs = Math.max(this.#elapsedMs, task.atMs);
    const run = task.run;
    task.run = undefined;
    run?.();
    return true;
  }

  /**
   * Moves time forward by `durationMs`, firing what falls due. `settle` is awaited before the first and
   * after each timer, so that promises woken by it go as far as they can before the next one fires.
   */
  async advance(durationMs: number, settle: () => Promise<void>): Promise<void> {
    const untilMs = this.#elapsedMs + durationMs;
    await settle();
    for (let next = this.nextAtMs(); next !== undefined && next <= untilMs; next = this.nextAtMs()) {
      this.step();
      await settle();
    }
    this.#elapsedMs = untilMs;
  }
}
