import type { Clock } from './clock.ts';

/** So much at once, and so much a second from then on. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** Says how much may go on: full at the beginning, emptied by what is taken, filled again by time. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, allowance: Allowance) {
    this.#clock = clock;
    this.#allowance = allowance;
    this.#tokens = allowance.burst;
    this.#filledMs = clock.monotonic();
  }

  /** Takes one, when there is one. */
  take(): boolean {
    const nowMs = this.#clock.monotonic();
    const { burst, perSecond } = this.#allowance;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
