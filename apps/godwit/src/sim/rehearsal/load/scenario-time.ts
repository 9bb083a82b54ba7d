import type { VirtualClock } from '@godwit/base';

/** A Monday, at midnight UTC: when a scenario begins. */
const BEGINNING_MS = Date.UTC(2026, 0, 5);

/**
 * What the wall clock must say at first for a scenario to begin after so long.
 * @param atMs when it begins: when a cloud was as it is; at midnight where nobody knows
 */
export const epochBefore = (warmUpMs: number, atMs = BEGINNING_MS): number => atMs - warmUpMs;

/** Time as a scenario counts it: from its beginning on, and negative until then. */
export class ScenarioTime {
  readonly #clock: VirtualClock;
  #beginningMs: number;

  /** @param warmUpMs how long after the first instant of the clock it is expected to begin */
  constructor(clock: VirtualClock, warmUpMs: number) {
    this.#clock = clock;
    this.#beginningMs = warmUpMs;
  }

  /** It begins now. */
  begin(): void {
    this.#beginningMs = this.#clock.monotonic();
  }

  get nowMs(): number {
    return this.#clock.monotonic() - this.#beginningMs;
  }
}
