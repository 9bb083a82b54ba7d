import { type Clock, Failure, type Random, SeededIds, type World } from '@godwit/base';
import { Incarnation } from '@godwit/host';
import type { EventLog } from './event-log.ts';
import { calm, type Fate, FateSource, type Weather } from './fate.ts';
import { PausableClock } from './pausable-clock.ts';

export interface LifeOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly events: EventLog;
  /** Hears that the program has died in the middle of a call. */
  readonly onCrash: (life: Life) => void;
}

/** Methods that only tell or arrange something, and touch nothing outside. */
export interface GuardOptions {
  readonly plain?: readonly string[];
  /** Methods whose first argument is called back: with what happens on the host, in order. */
  readonly listening?: readonly string[];
  /** The program does it itself, as with its own files: what it had not done by its end never happens. */
  readonly byItself?: boolean;
}

export interface EffectOptions {
  /** How well it goes; as drivers do where absent. */
  readonly weather?: Weather;
  readonly byItself?: boolean;
}

/** An answer to somebody who is dead. One for each, so that the dead are not kept by each other. */
const never = (): Promise<never> => new Promise(() => undefined);

/**
 * One life of one program: everything that it does outside itself goes through here, and stops having any effect
 * when it ends. Calls to others that are under way then still land, as commands that were sent do, perhaps after the
 * next life has begun; their answers are never heard.
 */
export class Life {
  readonly name: string;
  readonly world: World;
  readonly fates: FateSource;
  /** How well calls to drivers and disks go. */
  weather: Weather = calm;
  /** How well writes to the store go. */
  storeWeather: Weather = calm;
  /** How well calls to the API go. */
  wireWeather: Weather = calm;
  readonly #incarnation = new Incarnation();
  readonly #clock: PausableClock;
  readonly #options: LifeOptions;

  constructor(options: LifeOptions) {
    const { name, clock, random, events } = options;
    this.#options = options;
    this.name = name;
    this.fates = new FateSource(random.fork());
    const ids = new SeededIds(random.fork());
    this.#clock = new PausableClock(clock);
    const world: World = { clock: this.#clock, random: random.fork(), ids, log: events.programLog(name) };
    this.world = this.#incarnation.world(world);
  }

  get alive(): boolean {
    return this.#incarnation.alive;
  }

  get paused(): boolean {
    return this.#clock.paused;
  }

  /** Since when it has been held still, or was last; undefined where that is long over. */
  get heldSinceMs(): number | undefined {
    return this.#clock.heldSinceMs;
  }

  /** Aborted at the end of this life. */
  get signal(): AbortSignal {
    return this.#incarnation.signal;
  }

  /** Held still, as by `kill -STOP` and `kill -CONT`, or with a virtual machine around it. */
  pause(durationMs: number): void {
    this.#clock.pause(durationMs);
  }

  /** Until the program goes on, if it is held still. */
  async #awake(): Promise<void> {
    while (this.#clock.paused) await this.#clock.sleep(0);
  }

  /** The end, as by `kill -9`. */
  end(): void {
    this.#incarnation.end();
  }

  /** The end, in the middle of a call. */
  crash(during: string): void {
    if (!this.alive) return;
    this.#options.events.add(`${this.name} dies during ${during}`);
    this.end();
    this.#options.onCrash(this);
  }

  /** A moment between two effects, in which the program may die. */
  point(what: string): Promise<void> {
    if (this.alive && this.fates.next(calm).crash) this.crash(what);
    return this.alive ? Promise.resolve() : never();
  }

  /** One call to the outside. */
  async effect<T>(what: string, run: () => Promise<T>, options: EffectOptions = {}): Promise<T> {
    if (!this.alive) return never();
    const { weather = this.weather, byItself = false } = options;
    const fate = this.fates.next(weather);
    if (this.#clock.paused) await this.#awake();
    await this.#before(what, fate);
    if (!this.alive) {
      // What others were told to do they do, also after the end of who told them.
      if (!byItself && fate.fails !== 'before') run().catch(() => undefined);
      return never();
    }
    let result: T;
    try {
      result = await run();
      if (fate.twice) result = await run();
    } catch (error) {
      if (!this.alive) return never();
      throw error;
    }
    if (fate.crash) this.crash(what);
    if (fate.replyDelayMs) await this.#options.clock.sleep(fate.replyDelayMs);
    if (this.#clock.paused) await this.#awake();
    if (!this.alive) return never();
    if (fate.fails) throw this.#injected(what);
    return result;
  }

  async #before(what: string, fate: Fate): Promise<void> {
    if (fate.crash === 'before') this.crash(what);
    if (!this.alive) return never();
    if (fate.delayMs) await this.#options.clock.sleep(fate.delayMs);
    if (this.alive && fate.fails === 'before') throw this.#injected(what);
  }

  #injected(what: string): Failure {
    this.#options.events.add(`${this.name} is told that ${what} failed`);
    return new Failure('injected-fault', `${what} failed`, { retryable: true });
  }

  /** A part of the host for the use of this life only, with all that can go wrong on the way to it. */
  guard<T extends object>(name: string, part: T, options: GuardOptions = {}): T {
    const { plain = [], listening = [], byItself = false } = options;
    return new Proxy(part, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        const method = String(property);
        if (plain.includes(method)) return value.bind(target);
        if (listening.includes(method)) return (heard: Heard) => value.call(target, this.#inOrder(heard));
        return (...args: unknown[]) =>
          this.effect(`${name}.${method}`, async () => Reflect.apply(value, target, args) as Promise<unknown>, {
            byItself,
          });
      },
    });
  }

  /** News, as late as calls are, and in their order. */
  #inOrder(heard: Heard): Heard {
    let busyUntilMs = 0;
    return (...news) => {
      if (!this.alive) return;
      const { clock } = this.#options;
      const { delayMs = 0, twice = false } = this.fates.next(this.weather);
      const atMs = Math.max(busyUntilMs, clock.monotonic() + delayMs);
      const now = atMs <= clock.monotonic() && !this.#clock.paused;
      busyUntilMs = atMs;
      const tell = () => {
        if (!this.alive) return;
        heard(...news);
        if (twice) heard(...news);
      };
      if (now) tell();
      else this.world.clock.after(atMs - clock.monotonic(), tell);
    };
  }
}

type Heard = (...news: readonly unknown[]) => void;
