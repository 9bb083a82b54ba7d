import { byLine, type LinearAlgorithm } from './linear.ts';
import type { Carriers, ElasticLoad } from './load.ts';
import { byStep, type StepAlgorithm } from './step.ts';
import { byTarget, type TargetAlgorithm } from './target.ts';

export interface PredictiveAlgorithm {
  readonly type: 'predictive';
  /** What one unit is to carry. */
  readonly target: number;
  /** Usual errors of the forecast that are kept in hand. */
  readonly margin: number;
}

export type ElasticAlgorithm = StepAlgorithm | LinearAlgorithm | TargetAlgorithm | PredictiveAlgorithm;

/**
 * How many units the algorithm asks for; whole, and not yet bounded.
 * @param forecast what the predictive scaler of this metric last said; without it the present load counts
 */
export function unitsBy(algorithm: ElasticAlgorithm, load: ElasticLoad, carriers: Carriers, forecast?: number): number {
  switch (algorithm.type) {
    case 'step':
      return byStep(algorithm, load, carriers);
    case 'linear':
      return byLine(algorithm, load, carriers.current);
    case 'target':
      return byTarget(algorithm, load, carriers);
    case 'predictive': {
      const now = byTarget({ type: 'target', target: algorithm.target, tolerance: 0 }, load, carriers);
      // A forecast is of a while ago, and what is there now must be served.
      return Math.max(forecast ?? 0, now);
    }
  }
}
