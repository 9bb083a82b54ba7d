import { believed } from './belief.ts';

/** A counter that only grows, and begins anew when what it counts does. */
export class Growth {
  #run: string | undefined;
  #value = 0;
  #atMs = 0;

  /**
   * Growth a second since the value before; undefined for the first value of a run. What is less than the value before
   * has begun at nothing in between. A value that cannot be, and one that is not later than the one before, change
   * nothing: a sample that comes twice or late is none.
   * @param atMs of a clock that never goes back
   * @param run in another one the counter begins anew
   */
  next(atMs: number, value: number, run = ''): number | undefined {
    if (believed(value) === undefined || !Number.isFinite(atMs)) return undefined;
    const [before, elapsedMs, same] = [this.#value, atMs - this.#atMs, run === this.#run];
    if (same && elapsedMs <= 0) return undefined;
    this.#run = run;
    this.#value = value;
    this.#atMs = atMs;
    if (!same) return undefined;
    return ((value < before ? value : value - before) / elapsedMs) * 1000;
  }
}
