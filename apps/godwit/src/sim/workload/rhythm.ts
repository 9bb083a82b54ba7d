import type { Clock, Random } from '@godwit/base';

const SECOND_MS = 1_000;
const BUSY_S = { least: 15, more: 25 };
const QUIET_S = { least: 90, more: 120 };
/** How much longer pauses are when it is quiet. */
const QUIET = 30;

/**
 * Busy and quiet times, drawn from the seed: everything happens at once, then hardly anything, as in life. In the
 * quiet is found what only time brings to light: leases that run out, back-offs, what waits for a timer.
 */
export class Rhythm {
  readonly #clock: Clock;
  readonly #random: Random;
  #busy = false;
  #changesAtMs = 0;

  /** @param always it is never quiet */
  constructor(clock: Clock, random: Random, always = false) {
    this.#clock = clock;
    this.#random = random;
    if (always) this.#changesAtMs = Number.POSITIVE_INFINITY;
    this.#busy = always;
  }

  /** How many times longer than usual pauses are now. It begins busy. */
  get stretch(): number {
    const nowMs = this.#clock.monotonic();
    while (this.#changesAtMs <= nowMs) {
      this.#busy = !this.#busy;
      const { least, more } = this.#busy ? BUSY_S : QUIET_S;
      const from = this.#changesAtMs === 0 ? nowMs : this.#changesAtMs;
      this.#changesAtMs = from + (least + this.#random.integer(more + 1)) * SECOND_MS;
    }
    return this.#busy ? 1 : QUIET;
  }
}
