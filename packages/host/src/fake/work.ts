import type { Clock } from '@godwit/base';

interface Done {
  readonly atMs: number;
  readonly seconds: number;
}

/** Processor time that simulated programs have used: as many cores as each takes when it is asked, for the time since. */
export class Work<T> {
  readonly #clock: Clock;
  readonly #coresOf: (subject: T) => number;
  readonly #done = new Map<string, Done>();

  constructor(clock: Clock, coresOf: (subject: T) => number = () => 0) {
    this.#clock = clock;
    this.#coresOf = coresOf;
  }

  /** Seconds that `subject` has used since it was asked about for the first time. */
  secondsOf(id: string, subject: T): number {
    const atMs = this.#clock.monotonic();
    const before = this.#done.get(id) ?? { atMs, seconds: 0 };
    const seconds = before.seconds + (this.#coresOf(subject) * (atMs - before.atMs)) / 1000;
    this.#done.set(id, { atMs, seconds });
    return seconds;
  }

  forget(id: string): void {
    this.#done.delete(id);
  }
}
