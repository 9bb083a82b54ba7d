/**
 * How many may go ahead before everything else gets its chance: a fraction of a millisecond's worth of
 * writes. Few, so that much has changed again by the time the last one's turn comes, and goes out with it.
 */
const AT_A_TIME = 16;

/**
 * Lets a crowd through in small groups, one a turn of the event loop. When a thousand watchers see the
 * same change, the other requests are still served between them; and what changes again meanwhile goes
 * out with the same write.
 */
export class Turns {
  #granted = 0;
  #waiting: (() => void)[] = [];
  #scheduled = false;

  /** Undefined: go ahead now. Else wait for it. */
  take(): Promise<void> | undefined {
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(this.#next);
    }
    if (this.#granted < AT_A_TIME && this.#waiting.length === 0) {
      this.#granted++;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  readonly #next = (): void => {
    const now = this.#waiting.slice(0, AT_A_TIME);
    this.#waiting = this.#waiting.slice(AT_A_TIME);
    this.#granted = now.length;
    this.#scheduled = now.length > 0;
    if (this.#scheduled) setImmediate(this.#next);
    for (const go of now) go();
  };
}
