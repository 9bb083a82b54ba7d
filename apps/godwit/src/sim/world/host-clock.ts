import { type Clock, sleepWith, type Timer } from '@godwit/base';
import { Incarnation } from '@godwit/host';

/**
 * The clock of one host. Its wall time may jump, and timers of one boot never fire in the next: what a driver had
 * begun when the power went does not go on.
 */
export class HostClock implements Clock {
  readonly #clock: Clock;
  #boot = new Incarnation();
  #offsetMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  after(delayMs: number, task: () => void): Timer {
    const boot = this.#boot;
    return this.#clock.after(delayMs, () => {
      if (boot.alive) task();
    });
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepWith(this, delayMs, signal);
  }

  /** Somebody sets the time. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }

  /** The power goes: nothing that waits goes on. */
  reboot(): void {
    this.#boot.end();
    this.#boot = new Incarnation();
  }
}
