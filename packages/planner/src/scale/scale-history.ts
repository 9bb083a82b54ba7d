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
  /** What was recommended several times in a row stands here once, with the last time. */
  readonly #recommended: Entry[] = [];
  readonly #added: Entry[] = [];
  readonly #removed: Entry[] = [];

  recommend(count: number, atMs: number): void {
    if (this.#recommended.at(-1)?.count === count) this.#recommended.pop();
    append(this.#recommended, { atMs, count });
  }

  /** Whether anything was ever recommended. */
  get isEmpty(): boolean {
    return this.#recommended.length === 0;
  }

  /** The target was scaled. */
  changed(from: number, to: number, atMs: number): void {
    const entry = { atMs, count: Math.abs(to - from) };
    if (to > from) append(this.#added, entry);
    else if (to < from) append(this.#removed, entry);
  }

  /** Different numbers that were recommended within the window that ends at `nowMs`, one after the other. */
  recommended(windowMs: number, nowMs: number): readonly number[] {
    const first = this.#recommended.findLastIndex(({ atMs }) => atMs <= nowMs - windowMs) + 1;
    return this.#recommended.slice(first).map(({ count }) => count);
  }

  /** How many machines more there are than at the beginning of the period, by what was done here. */
  growth(periodMs: number, nowMs: number): number {
    const since = (entries: readonly Entry[]) =>
      entries.reduce((sum, { atMs, count }) => (atMs > nowMs - periodMs ? sum + count : sum), 0);
    return since(this.#added) - since(this.#removed);
  }
}

/** Entries are in the order of their time: what is too old stands first. */
function append(entries: Entry[], entry: Entry): void {
  const old = entries.findIndex(({ atMs }) => atMs > entry.atMs - LONGEST_MS);
  if (old !== 0) entries.splice(0, old < 0 ? entries.length : old);
  entries.push(entry);
}
