import type { Random } from '@godwit/base';

/** What becomes of one call. Absent: all is well. */
export interface Fate {
  /** The program dies instead of making the call, or as soon as the answer is there. */
  readonly crash?: 'before' | 'after';
  /** The call throws: without having had any effect, or after it. */
  readonly fails?: 'before' | 'after';
  readonly delayMs?: number;
  readonly replyDelayMs?: number;
  /** The call arrives twice. */
  readonly twice?: boolean;
}

/** How bad things are now: chances from 0 to 1 for each call. */
export interface Weather {
  readonly fails: number;
  readonly slow: number;
  readonly twice: number;
  /** Longest delay of a slow call, in milliseconds. */
  readonly longestMs: number;
}

export const calm: Weather = { fails: 0, slow: 0, twice: 0, longestMs: 0 };

const fine: Fate = {};

/** Draws fates from the seed. One for each life, because crashes are counted in its own calls. */
export class FateSource {
  readonly #random: Random;
  #callsLeft = Number.POSITIVE_INFINITY;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The program dies in the middle of things, so many calls from now. */
  crashAfter(calls: number): void {
    this.#callsLeft = calls;
  }

  next(weather: Weather): Fate {
    if (--this.#callsLeft <= 0) return { crash: this.#random.next() < 0.5 ? 'before' : 'after' };
    if (weather === calm) return fine;
    const random = this.#random;
    const slow = random.next() < weather.slow ? Math.ceil(weather.longestMs * random.next() ** 3) : 0;
    return {
      ...(random.next() < weather.fails && { fails: random.next() < 0.5 ? 'before' : 'after' }),
      ...(random.next() < weather.twice && { twice: true }),
      ...(slow > 0 && (random.next() < 0.5 ? { delayMs: slow } : { replyDelayMs: slow })),
    };
  }
}
