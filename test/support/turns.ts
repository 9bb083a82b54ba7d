/** Takes turns: some work is done side by side, some alone, in the order in which it is asked for. */
export class Turns {
  /** Ends when the latest that is done alone is done. */
  #alone: Promise<unknown> = Promise.resolve();
  /** What was begun, or waits, since then. */
  #beside: Promise<unknown>[] = [];

  /** Together with all that does not ask to be alone. */
  beside<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#alone.then(work);
    this.#beside.push(turn.catch(() => {}));
    return turn;
  }

  /** After all that was asked for before, and before all that is asked for after. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = Promise.all([this.#alone, ...this.#beside]).then(work);
    this.#alone = turn.catch(() => {});
    this.#beside = [];
    return turn;
  }
}
