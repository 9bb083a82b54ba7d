import { type Clock, sleepWith, type Timer } from '@godwit/base';

/** What a program had begun before it was held still is done by then. */
const A_MOMENT_MS = 15_000;

/** The clock of a program that may be held still for a while: what falls due meanwhile comes when it goes on. */
export class PausableClock implements Clock {
  readonly #clock: Clock;
  #untilMs = 0;
  #sinceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, task: () => void): Timer {
    let timer: Timer | undefined;
    const fire = (): void => {
      const leftMs = this.#leftMs();
      if (leftMs > 0) timer = this.#clock.after(leftMs, fire);
      else task();
    };
    timer = this.#clock.after(delayMs, fire);
    return { cancel: () => timer?.cancel() };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }

  /** Holds the program still from now on. */
  pause(durationMs: number): void {
    if (!this.paused) this.#sinceMs = this.monotonic();
    this.#untilMs = Math.max(this.#untilMs, this.monotonic() + durationMs);
  }

  /** Since when it is held still, or was until a moment ago. */
  get heldSinceMs(): number | undefined {
    return this.monotonic() - this.#untilMs < A_MOMENT_MS ? this.#sinceMs : undefined;
  }

  get paused(): boolean {
    return this.#leftMs() > 0;
  }

  #leftMs(): number {
    return this.#untilMs - this.monotonic();
  }
}
