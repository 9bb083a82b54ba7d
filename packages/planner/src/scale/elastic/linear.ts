import type { ElasticLoad } from './load.ts';

export interface LinearAlgorithm {
  readonly type: 'linear';
  /** Tmin and Tmax: the thresholds between which the number follows the load. */
  readonly lower: number;
  readonly upper: number;
  /** R₀: units up to the lower threshold. */
  readonly base: number;
  /** Rmax: units at the upper threshold. */
  readonly top: number;
  /** ΔR: units that are added each time while the load is above the upper threshold. */
  readonly step: number;
}

/**
 * R = R₀ + (L − Tmin) / (Tmax − Tmin) · (Rmax − R₀) between the thresholds, R₀ below, a step ΔR above.
 *
 * As it is published, the step above Tmax is taken from where one stands. From R₀ it leads to R₀ + ΔR, which
 * is below what the line has reached at Tmax: a little more load would mean fewer machines. Here the step is
 * taken from the larger of what stands and the line's end, so that more load never means fewer. At Tmin the two
 * pieces meet; at Tmax there is one jump, upwards, by ΔR, and none where `top` is the most that is allowed.
 */
export function byLine(algorithm: LinearAlgorithm, { value }: ElasticLoad, current: number): number {
  const { lower, upper, base, top, step } = algorithm;
  if (value <= lower) return base;
  if (value > upper) return Math.max(current, top) + step;
  return Math.ceil(base + ((value - lower) / (upper - lower)) * (top - base) - 1e-9);
}
