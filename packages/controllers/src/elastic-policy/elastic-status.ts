import type { Condition, ElasticPolicy, ElasticPolicyStatus, Stored } from '@godwit/kinds';
import { type ElasticAnswer, type Shape, scaledInEnglish } from '@godwit/planner';
import { inBaseUnits, quantityOf } from './resize.ts';

export interface Aspect {
  readonly type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** A target that cannot be scaled, and why. */
export const unable = (reason: string, message: string): readonly Aspect[] => [
  { type: 'AbleToScale', status: 'False', reason, message },
];

const LIMITED = {
  within: ['DesiredWithinRange', 'what is wanted lies within the bounds'],
  'up-rate': ['ScaleUpLimit', 'it may not grow any faster'],
  'down-rate': ['ScaleDownLimit', 'it may not shrink any faster'],
  maximum: ['TooManyReplicas', 'more is wanted than is allowed'],
  minimum: ['TooFewReplicas', 'less is wanted than is allowed'],
} as const;

type LimitedBy = keyof typeof LIMITED;

export function aspectsOf(answer: ElasticAnswer, why: string): readonly Aspect[] {
  const limiting = answer.parts.find(({ limited }) => limited !== 'within')?.limited ?? 'within';
  const [reason, message] = LIMITED[limiting as LimitedBy];
  const active = answer.by === 'metrics' || answer.by === 'wake';
  return [
    { type: 'AbleToScale', status: 'True', reason: 'Ready', message: 'the target can be read and changed' },
    {
      type: 'ScalingActive',
      status: active ? 'True' : 'False',
      reason: active ? 'ValidMetricFound' : 'MetricsLost',
      message: why,
    },
    { type: 'ScalingLimited', status: limiting === 'within' ? 'False' : 'True', reason, message },
  ];
}

/** Conditions as they are to be; the time stays that of the last change of the status. */
export function withAspects(
  policy: Stored<ElasticPolicy>,
  aspects: readonly Aspect[],
  now: string,
): readonly Condition[] {
  const before = policy.status?.conditions ?? [];
  const others = before.filter(({ type }) => !aspects.some((aspect) => aspect.type === type));
  const set = aspects.map((aspect): Condition => {
    const known = before.find(({ type }) => type === aspect.type);
    const lastTransitionTime = known?.status === aspect.status ? known.lastTransitionTime : now;
    return { ...aspect, observedGeneration: policy.metadata.generation ?? 0, lastTransitionTime };
  });
  return [...others, ...set];
}

/** A status as it would be if nothing had been measured since the one before: its figures, also those in messages. */
export function withoutNews(status: ElasticPolicyStatus, before: ElasticPolicyStatus | undefined): ElasticPolicyStatus {
  const conditions = status.conditions?.map((condition) => {
    const known = before?.conditions?.find(({ type }) => type === condition.type);
    return known && withoutFigures(known.message) === withoutFigures(condition.message)
      ? { ...condition, message: known.message }
      : condition;
  });
  return { ...status, ...(before?.metrics && { metrics: before.metrics }), ...(conditions && { conditions }) };
}

const withoutFigures = (text = '') => text.replaceAll(/[\d.]+/g, '#');

/** Sizes as the status has them: as quantities. */
export function sizesText(sizes: Shape['sizes']): NonNullable<ElasticPolicyStatus['sizes']> {
  return Object.fromEntries(Object.entries(sizes).map(([name, amount]) => [name, quantityOf(name, amount)]));
}

/** A shape in words. */
export function shapeText({ replicas, sizes }: Shape): string {
  return scaledInEnglish({ machines: replicas, ...inBaseUnits(sizes) });
}
