import { durationMs, type ScenarioAutoscale, type ScenarioMachines } from '@godwit/kinds';
import { type DemandCurve, demandCurveOf } from './demand-curve.ts';
import type { PlannedGroup } from './plan.ts';

/** Machines that share a demand, and what scales them. */
export interface PlannedScaling {
  /** In units of its own. */
  readonly demand: DemandCurve;
  /** How much of the demand one processor does. */
  readonly perCore: number;
  /** From when a machine runs until it serves. */
  readonly startsInMs: number;
  readonly scaler: ScenarioAutoscale;
}

const STARTS_IN_MS = 30_000;

export function scalingOf(
  { count, demand, startsIn, autoscale, growth }: ScenarioMachines,
  readTrace: (path: string) => string,
): PlannedScaling | undefined {
  if (!demand) return undefined;
  const traceText = demand.trace === undefined ? undefined : readTrace(demand.trace);
  return {
    demand: demandCurveOf(demand, traceText, growth?.percentPerWeek ?? 0),
    perCore: demand.perCore ?? 1,
    startsInMs: (startsIn === undefined ? undefined : durationMs(startsIn)) ?? STARTS_IN_MS,
    scaler: autoscale ?? { replicas: count },
  };
}

/** The groups as a policy has them scaled that says so of some. */
export function groupsUnder(
  groups: readonly PlannedGroup[],
  scalers: ReadonlyMap<string, ScenarioAutoscale>,
): readonly PlannedGroup[] {
  return groups.map((group) => {
    const scaler = scalers.get(group.name);
    if (!group.scaling || !scaler) return group;
    return { ...group, count: scaler.replicas ?? group.count, scaling: { ...group.scaling, scaler } };
  });
}
