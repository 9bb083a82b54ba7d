import { packed, unpacked } from './packed.ts';

/** How much of a day's newest value goes into what is usual. */
const NEW_DAY = 0.3;

/** What is usual at each step of the day: the mean of the days, of which the newer count more. */
export class DailyProfile {
  readonly #usual: Float64Array;

  constructor(stepsPerDay: number) {
    this.#usual = new Float64Array(stepsPerDay).fill(Number.NaN);
  }

  learn(step: number, value: number): void {
    const at = this.#slot(step);
    const usual = this.#usual[at] as number;
    this.#usual[at] = Number.isNaN(usual) ? value : usual + NEW_DAY * (value - usual);
  }

  /** How much the value usually changes from `step` to `ahead` steps later; 0 where nothing is known yet. */
  change(step: number, ahead: number): number {
    const change = (this.#usual[this.#slot(step + ahead)] as number) - (this.#usual[this.#slot(step)] as number);
    return Number.isNaN(change) ? 0 : change;
  }

  save(): string {
    return packed(this.#usual);
  }

  restore(saved: string): void {
    this.#usual.set(unpacked(saved, this.#usual.length));
  }

  #slot(step: number): number {
    const { length } = this.#usual;
    return ((step % length) + length) % length;
  }
}
