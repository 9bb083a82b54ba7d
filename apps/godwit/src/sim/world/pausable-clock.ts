import { type Clock, sleepWith, type Timer } from '@godwit/base';

/** The clock of a program that may be held still for a while: what falls due meanwhile comes when it goes on. */
export class PausableClock implements Clock {
  readonly #clock: Clock;
  #untilMs = 0;

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
    this.#untilMs = Math.max(this.#untilMs, this.monotonic() + durationMs);
  }

  get paused(): boolean {
    return this.#leftMs() > 0;
  }

  #leftMs(): number {
    return this.#untilMs - this.monotonic();
  }
}
