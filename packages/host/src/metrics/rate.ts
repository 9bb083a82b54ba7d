/** A counter that only grows, and begins anew when what it counts does. */
export class Rate {
  #run: string | undefined;
  #value = 0;
  #atMs = 0;

  /**
   * Growth a second since the value before; undefined for the first value of a run and when no time has passed. A value
   * that is less than the one before has begun at nothing in between.
   */
  next(atMs: number, value: number, run = ''): number | undefined {
    const [before, elapsedMs, same] = [this.#value, atMs - this.#atMs, run === this.#run];
    if (same && elapsedMs <= 0) return undefined;
    this.#run = run;
    this.#value = value;
    this.#atMs = atMs;
    if (!same) return undefined;
    return ((value < before ? value : value - before) / elapsedMs) * 1000;
  }
}
