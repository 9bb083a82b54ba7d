/** Remembers this many changes; who has seen fewer has to look at everything again. A power of two. */
const REACH = 2 ** 16;

/** Which rows have changed, in order: those who keep something by row look only at what has changed since. */
export class Journal {
  readonly #rows = new Int32Array(REACH);
  #last = new Float64Array(64);
  #length = 0;

  /** How many changes there have been. */
  get length(): number {
    return this.#length;
  }

  note(row: number): void {
    this.#rows[this.#length++ & (REACH - 1)] = row;
    if (row >= this.#last.length) {
      const larger = new Float64Array(Math.max(row + 1, this.#last.length * 2));
      larger.set(this.#last);
      this.#last = larger;
    }
    this.#last[row] = this.#length;
  }

  /** The number of the last change of a row: while it is the same, so is the row. */
  lastChange(row: number): number {
    return this.#last[row] ?? 0;
  }

  /** Whether all changes since then are remembered. */
  remembers(since: number): boolean {
    return this.#length - since <= REACH;
  }

  /** The row that the change of this number was about. */
  rowAt(change: number): number {
    return this.#rows[change & (REACH - 1)] as number;
  }
}
