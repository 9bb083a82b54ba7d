import { believed } from '@godwit/kinds';
import {
  type MeasuredMachine,
  replicasOfMachines,
  replicasOfTotal,
  replicasOfValue,
  type Tolerance,
} from './usage-ratio.ts';

/** A metric as it is wanted, with what was found; the numbers are in its own unit. */
export type HorizontalMetric =
  /** Each machine has it: resources, and metrics of pods. */
  | { readonly of: 'machines'; readonly wanted: { readonly utilization: number } | { readonly average: number } }
  /** There is one value. */
  | { readonly of: 'value'; readonly wanted: number }
  /** There is one value, of which each machine is to have a share. */
  | { readonly of: 'share'; readonly wanted: number };

/** What was found, or why it was not. */
export type HorizontalSample =
  | { readonly machines: readonly MeasuredMachine[] }
  | { readonly value: number }
  | { readonly failure: string };

export interface MetricProposal {
  readonly replicas: number;
  /** For people: what was measured. */
  readonly value?: number;
  readonly average?: number;
  readonly utilization?: number;
}

export interface ReplicaCounts {
  /** How many there are meant to be. */
  readonly current: number;
  /** How many serve. */
  readonly ready: number;
}

/** How many machines one metric asks for; a text says why that cannot be told. */
export function proposalOf(
  metric: HorizontalMetric,
  sample: HorizontalSample,
  counts: ReplicaCounts,
  tolerance: Tolerance,
): MetricProposal | string {
  if ('failure' in sample) return sample.failure;
  if (metric.of === 'machines') {
    if (!('machines' in sample)) return 'the metric is not one of machines';
    return ofMachines(metric.wanted, sample.machines, counts, tolerance);
  }
  if (!('value' in sample)) return 'the metric has no single value';
  const { value } = sample;
  if (believed(value) === undefined) return `the value ${value} makes no sense`;
  if (metric.of === 'value') return { replicas: replicasOfValue(value, metric.wanted, counts, tolerance), value };
  const average = value / Math.max(1, counts.current);
  return { replicas: replicasOfTotal(value, metric.wanted, counts.current, tolerance), value, average };
}

function ofMachines(
  wanted: { readonly utilization: number } | { readonly average: number },
  given: readonly MeasuredMachine[],
  { current }: ReplicaCounts,
  tolerance: Tolerance,
): MetricProposal | string {
  // A value that cannot be is as good as none.
  const machines = given.map(({ value, ...rest }) => ({
    ...rest,
    ...(value !== undefined && believed(value) !== undefined && { value }),
  }));
  if (machines.every(({ state }) => state === 'gone')) return 'there are no machines';
  if ('utilization' in wanted) {
    const without = machines.find(({ state, request }) => state !== 'gone' && !(request !== undefined && request > 0));
    if (without) return `${without.name} requests none of the resource, so that there is no share to compare`;
  }
  const result = replicasOfMachines(machines, wanted, current, tolerance);
  if (!result) return 'no machine that is ready has a sample';
  const { average, utilization } = result.found;
  return { replicas: result.replicas, average, ...(utilization !== undefined && { utilization }) };
}
