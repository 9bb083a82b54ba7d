import { type ElasticMetricSpec, type ElasticPolicySpec, parseQuantity } from '@godwit/kinds';
import {
  boundsAt,
  type ElasticAlgorithm,
  type ElasticMetric,
  type LimitRules,
  MACHINES,
  type Schedule,
  type Shape,
  type ShapeBounds,
  type SizeBounds,
} from '@godwit/planner';

/** What a policy means where it says nothing. */
export const usual = {
  startSeconds: 60,
  idleSeconds: 300,
  margin: 2,
  tolerance: 0.1,
  downWindowSeconds: 60,
  /** Cores and bytes. */
  grain: { cpu: 1, memory: 128 * 2 ** 20 },
} as const;

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Between what the shape may change now; what may not change is bounded by what it is. */
export function boundsOf(spec: ElasticPolicySpec, now: Shape, nowMs: number): ShapeBounds & { schedule?: string } {
  const { out, up = {}, prefer = 'out', schedules = [] } = spec;
  const fixed = { minimum: now.replicas, maximum: now.replicas };
  const between = out ? { minimum: out.minReplicas ?? 1, maximum: out.maxReplicas } : fixed;
  const sizes: Record<string, SizeBounds> = {};
  for (const name of ['cpu', 'memory'] as const) {
    const given = up[name];
    if (!given) continue;
    const amount = (quantity: string | number | undefined, otherwise: number) => parseQuantity(quantity) ?? otherwise;
    const grain = amount(given.step, usual.grain[name]);
    const minimum = amount(given.minimum, grain);
    sizes[name] = { minimum, maximum: amount(given.maximum, minimum), grain };
  }
  return { ...boundsAt(between, schedules.map(scheduleOf), nowMs), sizes, prefer };
}

function scheduleOf(given: NonNullable<ElasticPolicySpec['schedules']>[number]): Schedule {
  const { name, days, from, until, timeZone = 'UTC', minReplicas, maxReplicas } = given;
  return {
    name,
    ...(days && { days: days.map((day) => DAYS.indexOf(day)) }),
    from: minutes(from),
    until: minutes(until),
    timeZone,
    ...(minReplicas !== undefined && { minimum: minReplicas }),
    ...(maxReplicas !== undefined && { maximum: maxReplicas }),
  };
}

function minutes(clock: string): number {
  const [hours = 0, rest = 0] = clock.split(':').map(Number);
  return hours * 60 + rest;
}

/** The algorithm that a metric names; validation has made sure that there is one. */
export function algorithmOf(
  { step, linear, predictive, target }: ElasticMetricSpec,
  mostUnits: number,
): ElasticAlgorithm {
  const amount = (quantity: string | number | undefined) => parseQuantity(quantity) ?? Number.NaN;
  if (step) {
    const { lower, upper, up = 1, down = 1 } = step;
    return { type: 'step', lower: amount(lower), upper: amount(upper), up, down };
  }
  if (linear) {
    const { lower, upper, base, top = Math.max(base, mostUnits), step: more = 1 } = linear;
    return { type: 'linear', lower: amount(lower), upper: amount(upper), base, top, step: more };
  }
  if (predictive) {
    return { type: 'predictive', target: amount(predictive.value), margin: predictive.margin ?? usual.margin };
  }
  return { type: 'target', target: amount(target?.value), tolerance: target?.tolerance ?? usual.tolerance };
}

export function rulesOf({ behavior }: ElasticPolicySpec): { readonly up: LimitRules; readonly down: LimitRules } {
  return {
    up: { stabilizationWindowSeconds: 0, ...behavior?.scaleUp },
    down: { stabilizationWindowSeconds: usual.downWindowSeconds, ...behavior?.scaleDown },
  };
}

/** What asks for one machine while a request waits that nobody serves, whatever the metrics say. */
export const aWaitingRequest: ElasticMetric = {
  name: 'a request that waits',
  resource: MACHINES,
  algorithm: { type: 'target', target: 1, tolerance: 0 },
  load: { of: 'shared', value: 1 },
};
