import { DailyProfile } from './daily-profile.ts';
import { ErrorSpread, type ErrorSpreadState } from './error-spread.ts';
import { LeastSquares } from './least-squares.ts';
import { TrustedSamples } from './trusted-samples.ts';

/** The load some steps ahead. */
export interface Forecast {
  /** As it is now, without holes. */
  readonly level: number;
  /** As it is expected to be. */
  readonly expected: number;
  /** How far that is usually off, as a share of it: 0.05 is 5 %. */
  readonly spread: number;
  /** False when the forecast has been worse lately than saying that all stays as it is, or knows too little yet. */
  readonly trusted: boolean;
}

export interface ForecasterOptions {
  /** How many steps ahead to look, from 1. */
  readonly horizon: number;
  /** Length of a step; how the day is divided. */
  readonly stepMs: number;
  /** Loads below this are all the same: no load. */
  readonly least: number;
}

const DAY_MS = 86_400_000;
/** How many steps back the past is compared with the present. */
const LOOKS_BACK = [1, 2, 3, 5, 8, 15, 30] as const;
const LONGEST_LOOK = 30;
/** How quickly the models forget; the forecast is their mean. */
const MEMORIES = [0.9995, 0.998] as const;
/** Steps after which a forecast can be made at all. */
const FIRST_STEPS = LONGEST_LOOK;
/** A forecast says at most this much change, as a logarithm: a factor of 1.65. */
const LARGEST_CHANGE = 0.5;
/** Rises are foretold a little less than they are learned: what rises is more often near its peak than at its foot. */
const RISE = 0.9;
/** Half-life of the comparison with "all stays as it is": about an hour of steps of a minute. */
const TRIAL = 0.01;
/** How much worse the forecast may be before it is not trusted. */
const PATIENCE = 1.2;
/** Steps without a sample that are bridged; after a longer gap the recent past begins anew. */
const BRIDGED_STEPS = 5;

/** What a forecaster has learned. A few kilobytes of plain JSON, whatever it has seen. */
export interface ForecasterState {
  readonly steps: number;
  readonly levels: readonly number[];
  readonly models: readonly string[];
  readonly profile: string;
  readonly spread: ErrorSpreadState;
  readonly error: number;
  readonly errorOfStaying: number;
}

interface Pending {
  readonly hints: Float64Array;
  readonly level: number;
  readonly expected: number;
  readonly spread: number;
}

/**
 * Foretells a load that has a daily rhythm, a momentum and noise, in logarithms, so that errors are shares.
 * What it learns from: how the load changed over the last minutes, what usually comes at this time of day, and
 * dips that may be noise. One instance a load; feed it exactly once a step.
 */
export class Forecaster {
  readonly #options: ForecasterOptions;
  readonly #floor: number;
  readonly #samples = new TrustedSamples();
  readonly #models = MEMORIES.map((memory) => new LeastSquares(LOOKS_BACK.length + 2, memory));
  readonly #profile: DailyProfile;
  readonly #spread = new ErrorSpread();
  /** Logarithms, the newest last; at most as many as are looked back upon. */
  #levels: number[] = [];
  #pending: Pending[] = [];
  #steps = 0;
  #missed = 0;
  /** Mean errors of late: of the forecasts, and of the claim that all stays as it is. */
  #error = 0;
  #errorOfStaying = 0;

  constructor(options: ForecasterOptions) {
    this.#options = options;
    this.#floor = Math.log(options.least);
    this.#profile = new DailyProfile(Math.max(1, Math.round(DAY_MS / options.stepMs)));
  }

  /** What came in the step that ends at `nowMs` (wall clock), and what will come. */
  observe(sample: number, nowMs: number): Forecast {
    const level = Math.max(this.#floor, Math.log(Math.max(this.#samples.take(sample), this.#options.least)));
    if (this.#missed > BRIDGED_STEPS) this.#beginAnew();
    else for (; this.#missed > 0; this.#missed--) this.#remember(this.#levels.at(-1) ?? level);
    this.#missed = 0;
    const step = Math.floor(nowMs / this.#options.stepMs);
    this.#remember(level);
    this.#learn(level, step);
    return this.#forecast(level, step);
  }

  /** There was no sample in this step: a few are bridged by what was last seen. */
  miss(): void {
    this.#missed++;
    this.#pending = [];
  }

  save(): ForecasterState {
    return {
      steps: this.#steps,
      levels: this.#levels,
      models: this.#models.map((model) => model.save()),
      profile: this.#profile.save(),
      spread: this.#spread.save(),
      error: this.#error,
      errorOfStaying: this.#errorOfStaying,
    };
  }

  /** Goes on where another one of the same options stood; tell it then of the steps that were missed since. */
  restore({ steps, levels, models, profile, spread, error, errorOfStaying }: ForecasterState): void {
    this.#profile.restore(profile);
    this.#models.forEach((model, index) => {
      model.restore(models[index] ?? '');
    });
    this.#spread.restore(spread);
    this.#levels = levels.slice(-LONGEST_LOOK - 1);
    this.#steps = steps;
    this.#error = error;
    this.#errorOfStaying = errorOfStaying;
  }

  #beginAnew(): void {
    this.#levels = [];
    this.#steps = 0;
  }

  #remember(level: number): void {
    this.#levels.push(level);
    if (this.#levels.length > LONGEST_LOOK + 1) this.#levels.shift();
    this.#steps++;
  }

  #learn(level: number, step: number): void {
    const before = this.#pending.length >= this.#options.horizon ? this.#pending.shift() : undefined;
    if (before) {
      const error = level - before.expected;
      this.#spread.learn(error, { level: before.level, timeOfDay: this.#timeOfDay(step) });
      for (const model of this.#models) model.learn(before.hints, level - before.level, before.spread);
      this.#error += TRIAL * (Math.abs(error) - this.#error);
      this.#errorOfStaying += TRIAL * (Math.abs(level - before.level) - this.#errorOfStaying);
    }
    const middle = (this.#back(0) + this.#back(1) + this.#back(2)) / 3;
    this.#profile.learn(step - 1, middle);
  }

  #forecast(level: number, step: number): Forecast {
    const { horizon } = this.#options;
    const hints = this.#hints(level, step);
    const learned = this.#models.reduce((sum, model) => sum + model.predict(hints), 0) / this.#models.length;
    const change = Math.max(-LARGEST_CHANGE, Math.min(LARGEST_CHANGE, learned > 0 ? RISE * learned : learned));
    const spread = this.#spread.of({ level, timeOfDay: this.#timeOfDay(step + horizon) });
    const expected = level + change;
    this.#pending.push({ hints, level, expected, spread });
    const trusted = this.#steps > FIRST_STEPS && this.#error <= PATIENCE * this.#errorOfStaying;
    return { level: Math.exp(level), expected: Math.exp(trusted ? expected : level), spread, trusted };
  }

  #hints(level: number, step: number): Float64Array {
    const hints = new Float64Array(LOOKS_BACK.length + 2);
    LOOKS_BACK.forEach((back, index) => {
      hints[index] = level - this.#back(back);
    });
    hints[LOOKS_BACK.length] = this.#profile.change(step, this.#options.horizon);
    // A fall below both samples before it, beyond what is usual, is often made good again.
    const fall = Math.min(this.#back(1), this.#back(2)) - level;
    hints[LOOKS_BACK.length + 1] = Math.max(0, fall - 2 * this.#spread.recent());
    return hints;
  }

  /** The level some steps ago, or the oldest that is known. */
  #back(steps: number): number {
    return this.#levels.at(-1 - steps) ?? (this.#levels[0] as number);
  }

  #timeOfDay(step: number): number {
    return ((((step * this.#options.stepMs) % DAY_MS) + DAY_MS) % DAY_MS) / DAY_MS;
  }
}
