import type { ScaleHistory } from '../scale-history.ts';
import { type LimitedCount, type Limits, limited } from '../scale-limits.ts';
import {
  type HorizontalMetric,
  type HorizontalSample,
  type MetricProposal,
  proposalOf,
  type ReplicaCounts,
} from './metric-replicas.ts';
import type { Tolerance } from './usage-ratio.ts';

export interface HorizontalQuestion {
  readonly counts: ReplicaCounts;
  readonly limits: Limits;
  readonly tolerance: Tolerance;
  readonly metrics: readonly {
    readonly name: string;
    readonly metric: HorizontalMetric;
    readonly sample: HorizontalSample;
  }[];
}

export interface HorizontalAnswer {
  /** How many there should be. */
  readonly replicas: number;
  /**
   * off: there are none, and none are wanted until somebody says so. bounds: there were too few or too many by
   * the spec alone. metrics: calculated. unknown: the metrics do not allow to tell.
   */
  readonly by: 'off' | 'bounds' | 'metrics' | 'unknown';
  /** What each metric asked for, in order; a text where it could not be told. */
  readonly proposals: readonly (MetricProposal | string)[];
  /** The metric that asked for most. */
  readonly decisive?: string;
  /** What the metrics asked for before stabilisation and limits. */
  readonly recommended?: number;
  readonly stabilized: LimitedCount['stabilized'];
  readonly limited: LimitedCount['limited'];
}

/**
 * How many machines a workload should have: Kubernetes' algorithm. The metric that asks for most counts; when one
 * cannot be told, the others may only ask for more. Then stabilisation, rates and bounds.
 * @param nowMs monotonic
 */
export function decideHorizontal(question: HorizontalQuestion, history: ScaleHistory, nowMs: number): HorizontalAnswer {
  const { counts, limits, tolerance, metrics } = question;
  const { current } = counts;
  const plain = { proposals: [], stabilized: 'no', limited: 'within' } as const;
  if (current === 0 && limits.minimum > 0) return { ...plain, replicas: 0, by: 'off' };
  if (current > limits.maximum) return { ...plain, replicas: limits.maximum, by: 'bounds', limited: 'maximum' };
  if (current < limits.minimum) return { ...plain, replicas: limits.minimum, by: 'bounds', limited: 'minimum' };
  const proposals = metrics.map(({ metric, sample }) => proposalOf(metric, sample, counts, tolerance));
  const told = proposals.flatMap((proposal, index) =>
    typeof proposal === 'string' ? [] : [{ replicas: proposal.replicas, name: metrics[index]?.name ?? '' }],
  );
  const most = told.reduce<(typeof told)[number] | undefined>(
    (best, proposal) => (best === undefined || proposal.replicas > best.replicas ? proposal : best),
    undefined,
  );
  const incomplete = told.length < proposals.length;
  if (!most || (incomplete && most.replicas < current)) {
    return { ...plain, replicas: current, by: 'unknown', proposals };
  }
  const { count, ...why } = limited(most.replicas, current, limits, history, nowMs);
  return { replicas: count, by: 'metrics', proposals, decisive: most.name, recommended: most.replicas, ...why };
}
