import { believed } from '@godwit/kinds';
import { PredictiveScaler, type PredictiveState } from '../predictive.ts';

/** Length of the steps in which forecasts are made. */
const STEP_MS = 60_000;
/** A gap of more steps than this is one gap. */
const MOST_MISSED = 60;

/** What was learned of a load until an instant of the wall clock, as plain JSON. */
export interface ForetoldState {
  readonly atMs: number;
  readonly scaler: PredictiveState;
}

/**
 * Makes steps of a minute from samples at any moments and foretells by them: the mean of the samples of a step is
 * its load, a step without any is one that was missed. Steps are counted on the monotonic clock, the time of day
 * is that of the wall clock: when that jumps, no step is lost or doubled.
 */
export class ForetoldLoad {
  readonly #scaler: PredictiveScaler;
  #endsMs: number | undefined;
  #sum = 0;
  #count = 0;
  #units: number | undefined;

  /** @param target what a unit carries */
  constructor(target: number, margin: number, startMs: number) {
    this.#scaler = new PredictiveScaler({ target, margin, startMs, stepMs: STEP_MS });
  }

  /** The units that were asked for last; undefined before the end of the first step. */
  get units(): number | undefined {
    return this.#units;
  }

  /** @param load of all units together; undefined when there is no sample now */
  add(load: number | undefined, monotonicMs: number, wallMs: number): void {
    this.#endsMs ??= monotonicMs + STEP_MS;
    let over = 0;
    for (; monotonicMs >= this.#endsMs; this.#endsMs += STEP_MS) {
      if (over++ < MOST_MISSED) this.#close(wallMs);
    }
    const value = believed(load);
    if (value === undefined) return;
    this.#sum += value;
    this.#count++;
  }

  /** What was learned, and when. */
  save(wallMs: number): ForetoldState {
    return { atMs: wallMs, scaler: this.#scaler.save() };
  }

  /**
   * Goes on with what was learned before. The time since then was missed; where the wall clock says that it was before
   * then, nobody knows how long it was, and the recent past begins anew.
   */
  restore({ atMs, scaler }: ForetoldState, wallMs: number): void {
    this.#scaler.restore(scaler);
    const missed = wallMs < atMs ? MOST_MISSED : Math.min(MOST_MISSED, Math.floor((wallMs - atMs) / STEP_MS));
    for (let step = 0; step < missed; step++) this.#scaler.miss();
  }

  #close(wallMs: number): void {
    if (this.#count === 0) this.#scaler.miss();
    else this.#units = this.#scaler.observe(this.#sum / this.#count, wallMs).replicas;
    this.#sum = 0;
    this.#count = 0;
  }
}
