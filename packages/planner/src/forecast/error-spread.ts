/** Half-lives of the recent past, in steps. */
const HALF_LIVES = [10, 60] as const;
/** How much each view counts: the recent past, the same load, the same time of day. They sum to 1. */
const WEIGHT = { recent: 0.24, load: 0.56, day: 0.2 } as const;
const LEARNING = { long: 0.0005, load: 0.003, day: 0.02 } as const;
/** Classes of load to the doubling. */
const CLASSES = 3;
const QUARTERS_A_DAY = 96;
/** What is assumed before anything is known: forecasts are off by 5 %. */
const FIRST = 0.05 ** 2;
/** A load above the forecast is what hurts, so that errors to that side count more: their weights average about 1. */
const ABOVE = 2;
const BELOW = 0.3;
/** An error of a factor e counts, a larger one counts as that. */
const LARGEST = 1;

/** When and at which load a forecast was made for. */
export interface Situation {
  /** Logarithm of the load. */
  readonly level: number;
  /** From 0 to 1. */
  readonly timeOfDay: number;
}

/** Squares of errors; views as keys and values in turn. */
export interface ErrorSpreadState {
  readonly recent: readonly number[];
  readonly long: number;
  readonly byLoad: readonly number[];
  readonly byQuarter: readonly number[];
}

/**
 * How far forecasts are usually off, as the standard deviation of the logarithm: 0.05 is 5 %. Errors come in
 * bunches, depend on how large the load is (few requests scatter more) and on the time of day; this is the mean
 * of these three views of the squared error.
 */
export class ErrorSpread {
  readonly #recent: number[] = HALF_LIVES.map(() => FIRST);
  readonly #byLoad = new Map<number, number>();
  readonly #byQuarter = new Map<number, number>();
  #long = FIRST;

  /** @param error the logarithm of what came, less that of what was forecast */
  learn(error: number, situation: Situation): void {
    const square = Math.min(LARGEST, error * error) * (error > 0 ? ABOVE : BELOW);
    HALF_LIVES.forEach((halfLife, index) => {
      const before = this.#recent[index] as number;
      this.#recent[index] = before + (1 - 0.5 ** (1 / halfLife)) * (square - before);
    });
    this.#long += LEARNING.long * (square - this.#long);
    this.#learnIn(this.#byLoad, loadClass(situation), square, LEARNING.load);
    this.#learnIn(this.#byQuarter, quarter(situation), square, LEARNING.day);
  }

  of(situation: Situation): number {
    const load = this.#byLoad.get(loadClass(situation)) ?? this.#long;
    const day = this.#byQuarter.get(quarter(situation)) ?? this.#long;
    return Math.sqrt(WEIGHT.recent * this.#recentSquare() + WEIGHT.load * load + WEIGHT.day * day);
  }

  /** Of late, whatever the load. */
  recent(): number {
    return Math.sqrt(this.#recentSquare());
  }

  save(): ErrorSpreadState {
    const entries = (views: Map<number, number>) => [...views].flat();
    return {
      recent: [...this.#recent],
      long: this.#long,
      byLoad: entries(this.#byLoad),
      byQuarter: entries(this.#byQuarter),
    };
  }

  restore({ recent, long, byLoad, byQuarter }: ErrorSpreadState): void {
    recent.slice(0, HALF_LIVES.length).forEach((square, index) => {
      this.#recent[index] = square;
    });
    this.#long = long;
    const fill = (views: Map<number, number>, entries: readonly number[]) => {
      for (let i = 0; i + 1 < entries.length; i += 2) views.set(entries[i] as number, entries[i + 1] as number);
    };
    fill(this.#byLoad, byLoad);
    fill(this.#byQuarter, byQuarter);
  }

  #recentSquare(): number {
    return this.#recent.reduce((sum, square) => sum + square, 0) / this.#recent.length;
  }

  #learnIn(views: Map<number, number>, key: number, square: number, rate: number): void {
    const before = views.get(key) ?? this.#long;
    views.set(key, before + rate * (square - before));
  }
}

const loadClass = ({ level }: Situation) => Math.floor((level / Math.LN2) * CLASSES);
const quarter = ({ timeOfDay }: Situation) => Math.floor(timeOfDay * QUARTERS_A_DAY);
