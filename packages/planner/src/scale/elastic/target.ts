import { roundedUp, within } from '../horizontal/usage-ratio.ts';
import type { Carriers, ElasticLoad } from './load.ts';

export interface TargetAlgorithm {
  readonly type: 'target';
  /** Wanted load of a unit, or wanted value of a metric that is not shared out. */
  readonly target: number;
  /** Share by which the metric may miss its target without anything being done. */
  readonly tolerance: number;
}

/** As many units as bring the metric to its target, if it gets better in proportion to their number. */
export function byTarget({ target, tolerance }: TargetAlgorithm, load: ElasticLoad, carriers: Carriers): number {
  const { current, ready } = carriers;
  const both = { up: tolerance, down: tolerance };
  if (load.of === 'shared') {
    const needed = load.value / target;
    return current > 0 && within(needed / current, both) ? current : roundedUp(needed);
  }
  if (current === 0) return load.value > 0 ? 1 : 0;
  const ratio = load.value / target;
  return within(ratio, both) ? current : roundedUp(ratio * Math.max(1, ready));
}
