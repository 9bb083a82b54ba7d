/** Remembers this many changes; who has seen fewer has to look at everything again. A power of two. */
const REACH = 2 ** 16;

/** Which rows have changed, in order: those who keep something by row look only at what has changed since. */
export class Journal {
  readonly #rows = new Int32Array(REACH);
  #length = 0;

  /** How many changes there have been. */
  get length(): number {
    return this.#length;
  }

  note(row: number): void {
    this.#rows[this.#length++ & (REACH - 1)] = row;
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
