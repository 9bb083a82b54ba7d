import { type Forecast, Forecaster, type ForecasterState } from '../forecast/index.ts';

export interface PredictiveOptions {
  /** What one replica is to carry. */
  readonly target: number;
  /** How many of the forecast's usual errors are kept in hand; more is safer and costs more. */
  readonly margin: number;
  /** How long it takes from the order until a new replica serves. */
  readonly startMs: number;
  /** How often it is asked. */
  readonly stepMs: number;
}

export interface PredictiveAnswer {
  /** Whole replicas; not yet bounded by anything. */
  readonly replicas: number;
  /** The load that they are for. */
  readonly load: number;
  readonly forecast: Forecast;
}

/** What a scaler has learned, as plain JSON. */
export interface PredictiveState {
  readonly held: number;
  readonly forecaster: ForecasterState;
}

/** The usual error that is assumed while the forecast is not trusted: of whoever says that all stays as it is. */
const UNKNOWN_SPREAD = 0.12;
/** How much of a usual error the wanted load may fall in one step. */
const FALL_IN_ERRORS = 1.2;
/** Loads below this share of a replica's are all the same. */
const LEAST_SHARE = 0.2;
/** Even the next step is uncertain by this share of what the horizon is. */
const NEAR_UNCERTAINTY = 0.8;

/**
 * As many replicas as the load will need by the time that a replica ordered now can serve, and until then:
 * for each step up to the horizon the expected load and `margin` usual errors on top, and the largest of these.
 * A sum that falls only a little is held, so that noise does not stop what will be needed a minute later.
 * Where the forecast is not trusted, target tracking: the present load and room for so many errors of 12 %.
 */
export class PredictiveScaler {
  readonly #options: PredictiveOptions;
  readonly #horizon: number;
  readonly #forecaster: Forecaster;
  #held = 0;

  constructor(options: PredictiveOptions) {
    const { target, startMs, stepMs } = options;
    this.#options = options;
    // What is ordered at the end of this step serves after the start-up, and then for one step at least.
    this.#horizon = Math.ceil(startMs / stepMs) + 1;
    this.#forecaster = new Forecaster({ horizon: this.#horizon, stepMs, least: LEAST_SHARE * target });
  }

  /** Once a step: the load of the step that ends at `nowMs` (wall clock). */
  observe(load: number, nowMs: number): PredictiveAnswer {
    const forecast = this.#forecaster.observe(load, nowMs);
    const wanted = Math.max(this.#needed(forecast), this.#held);
    this.#held = wanted * Math.exp(-FALL_IN_ERRORS * forecast.spread);
    return { replicas: Math.ceil(wanted / this.#options.target), load: wanted, forecast };
  }

  /** Once a step in which there was no sample. */
  miss(): void {
    this.#forecaster.miss();
  }

  save(): PredictiveState {
    return { held: this.#held, forecaster: this.#forecaster.save() };
  }

  restore({ held, forecaster }: PredictiveState): void {
    this.#held = held;
    this.#forecaster.restore(forecaster);
  }

  #needed({ level, expected, spread, trusted }: Forecast): number {
    if (!trusted) return level * Math.exp(this.#options.margin * UNKNOWN_SPREAD);
    let needed = 0;
    for (let step = 1; step <= this.#horizon; step++) {
      const share = step / this.#horizon;
      const uncertainty = NEAR_UNCERTAINTY + (1 - NEAR_UNCERTAINTY) * share;
      const load = level * (expected / level) ** share * Math.exp(this.#options.margin * uncertainty * spread);
      needed = Math.max(needed, load);
    }
    return needed;
  }
}
