/** A number of machines that was recommended, or by which their number was changed. `atMs`: monotonic. */
interface Entry {
  readonly atMs: number;
  readonly count: number;
}

/** Longest stabilisation window and longest period of a policy, in milliseconds. */
const LONGEST_MS = 3_600_000;

/**
 * What was recommended and done lately, for one target: what stabilisation windows and rate limits look at. On
 * the monotonic clock, so that a wall clock that jumps neither opens nor closes a window.
 */
export class ScaleHistory {
  #recommended: Entry[] = [];
  #added: Entry[] = [];
  #removed: Entry[] = [];

  recommend(count: number, atMs: number): void {
    this.#recommended = append(this.#recommended, { atMs, count });
  }

  /** The target was scaled. */
  changed(from: number, to: number, atMs: number): void {
    const entry = { atMs, count: Math.abs(to - from) };
    if (to > from) this.#added = append(this.#added, entry);
    else if (to < from) this.#removed = append(this.#removed, entry);
  }

  /** What was recommended within the window that ends at `nowMs`. */
  recommended(windowMs: number, nowMs: number): readonly number[] {
    return this.#recommended.filter(({ atMs }) => atMs > nowMs - windowMs).map(({ count }) => count);
  }

  /** How many machines more there are than at the beginning of the period, by what was done here. */
  growth(periodMs: number, nowMs: number): number {
    const since = (entries: readonly Entry[]) =>
      entries.reduce((sum, { atMs, count }) => (atMs > nowMs - periodMs ? sum + count : sum), 0);
    return since(this.#added) - since(this.#removed);
  }
}

function append(entries: readonly Entry[], entry: Entry): Entry[] {
  return [...entries.filter(({ atMs }) => atMs > entry.atMs - LONGEST_MS), entry];
}
