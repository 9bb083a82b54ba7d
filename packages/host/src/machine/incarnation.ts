import { type Clock, Failure, sleepWith, type Timer, type World } from '@godwit/base';

/**
 * One life of a program. After its end nothing it began may land: calls into drivers are refused, answers
 * and timers of the old life are never heard. Production has one a process, whose end is the process's own;
 * tests and the simulator end lives in the middle of things.
 */
export class Incarnation {
  readonly #end = new AbortController();

  get alive(): boolean {
    return !this.#end.signal.aborted;
  }

  /** Aborted at the end of this life. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** A crash: from now on nothing of this life has any effect. */
  end(): void {
    this.#end.abort(new Failure('dead-incarnation', 'this life of the program is over'));
  }

  /**
   * The same part for the use of this life only. Calls made after the end throw `dead-incarnation`;
   * promises still open at the end never settle, as after a real crash.
   */
  guard<T extends object>(part: T): T {
    return new Proxy(part, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (!this.alive) throw this.#end.signal.reason;
          const result: unknown = Reflect.apply(value, target, args);
          return result instanceof Promise ? this.#whileAlive(result) : result;
        };
      },
    });
  }

  /** The same world, but its timers die with this life. */
  world(world: World): World {
    return { ...world, clock: this.#clock(world.clock) };
  }

  #whileAlive<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => this.alive && resolve(value),
        (error: unknown) => this.alive && reject(error),
      );
    });
  }

  #clock(clock: Clock): Clock {
    const after = (delayMs: number, task: () => void): Timer => clock.after(delayMs, () => this.alive && task());
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after,
      sleep: (delayMs, signal) => sleepWith({ after }, delayMs, signal),
    };
  }
}
