import { packed, unpacked } from './packed.ts';

/** Above this variance of the weights nothing more is forgotten: hints that say nothing teach nothing. */
const MOST_UNCERTAIN = 10;

/**
 * Linear regression learned one observation at a time (recursive least squares with forgetting; Haykin,
 * Adaptive Filter Theory, ch. 10). It begins with all weights at 0: hints are worth nothing until they prove
 * themselves. `memory` is the share of the past that is kept each step: 0.998 remembers about 500 steps.
 */
export class LeastSquares {
  readonly #weights: Float64Array;
  /** Inverse of the hints' weighted covariance, row by row. */
  readonly #inverse: Float64Array;
  readonly #gain: Float64Array;
  readonly #memory: number;

  constructor(hints: number, memory: number) {
    this.#weights = new Float64Array(hints);
    this.#inverse = new Float64Array(hints * hints);
    this.#gain = new Float64Array(hints);
    this.#memory = memory;
    for (let i = 0; i < hints; i++) this.#inverse[i * hints + i] = 1;
  }

  predict(hints: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < hints.length; i++) sum += (this.#weights[i] as number) * (hints[i] as number);
    return sum;
  }

  /**
   * @param outcome what the hints should have predicted
   * @param spread the error that is usual for such an outcome: it is weighted by that, and an error of more
   *   than four times as much counts as four times, so that one event does not overturn what was learned
   */
  learn(hints: Float64Array, outcome: number, spread: number): void {
    const size = hints.length;
    const inverse = this.#inverse;
    const error = Math.max(-4 * spread, Math.min(4 * spread, outcome - this.predict(hints)));
    let norm = this.#memory * spread * spread;
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let column = 0; column < size; column++) {
        sum += (inverse[row * size + column] as number) * (hints[column] as number);
      }
      this.#gain[row] = sum;
      norm += sum * (hints[row] as number);
    }
    const kept = this.#uncertainty() < MOST_UNCERTAIN * size ? this.#memory : 1;
    for (let row = 0; row < size; row++) {
      const gain = this.#gain[row] as number;
      this.#weights[row] = (this.#weights[row] as number) + (gain / norm) * error;
      for (let column = 0; column < size; column++) {
        const at = row * size + column;
        // The product first: it is the same for row and column, so that the matrix stays symmetric to the last bit.
        inverse[at] = ((inverse[at] as number) - (gain * (this.#gain[column] as number)) / norm) / kept;
      }
    }
  }

  save(): string {
    return packed(Float64Array.of(...this.#weights, ...this.#inverse));
  }

  restore(saved: string): void {
    const size = this.#weights.length;
    const numbers = unpacked(saved, size + size * size);
    this.#weights.set(numbers.subarray(0, size));
    this.#inverse.set(numbers.subarray(size));
  }

  /** The trace of the inverse. */
  #uncertainty(): number {
    const size = this.#weights.length;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += this.#inverse[i * size + i] as number;
    return sum;
  }
}
