import type { Condition, ElasticPolicy, ElasticPolicyStatus, Stored } from '@godwit/kinds';
import type { ElasticAnswer, ElasticPart, Shape } from '@godwit/planner';
import { quantityOf } from './resize.ts';

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

/** Why the shape is as it is, in words that follow `because`. */
export function whyOf({ by, parts, failures }: ElasticAnswer, schedule: string | undefined): string {
  const during = schedule === undefined ? '' : ` (schedule ${schedule})`;
  const lost = failures.length > 0 ? `; lost: ${failures.join('; ')}` : '';
  if (by === 'lost') return `no metric could be told for too long${lost}`;
  if (parts.length === 0) return `no metric can be told, so that nothing changes${lost}`;
  return `${parts.map(partText).join(', ')}${during}${lost}`;
}

function partText({ of, by, wanted, units, others, limited, stabilized }: ElasticPart): string {
  const unit = of === 'machines' ? 'machines' : `units of ${of}`;
  const held = stabilized === 'no' ? '' : ', held by what was recommended a while ago';
  const [, why] = LIMITED[limited as LimitedBy];
  const got = units === wanted ? '' : `, of which ${units}${limited === 'within' ? '' : `: ${why}`}${held}`;
  const beside = others.map((other) => `${other.name} for ${other.units}`).join(', ');
  return `${by} asks for ${wanted} ${unit}${got}${beside === '' ? '' : ` (${beside})`}`;
}

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

/** Sizes as the status has them: as quantities. */
export function sizesText(sizes: Shape['sizes']): NonNullable<ElasticPolicyStatus['sizes']> {
  return Object.fromEntries(Object.entries(sizes).map(([name, amount]) => [name, quantityOf(name, amount)]));
}

/** A shape in words. */
export function shapeText({ replicas, sizes }: Shape): string {
  const size = Object.entries(sizesText(sizes)).map(([name, amount]) => `${name} ${amount}`);
  return [`${replicas} ${replicas === 1 ? 'machine' : 'machines'}`, ...size].join(', ');
}
