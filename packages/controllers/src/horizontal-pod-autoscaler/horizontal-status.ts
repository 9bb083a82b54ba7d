import {
  decimalQuantity,
  type HorizontalPodAutoscaler,
  type HorizontalStatus,
  type MetricSpec,
  type MetricStatus,
} from '@godwit/kinds';
import type { AskedPart, HorizontalAnswer, MetricProposal, WhyScaled } from '@godwit/planner';
import { heldAt } from '../metrics-source/index.ts';
import type { ObservedMetric } from './observe-metrics.ts';

type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';
type Conditions = NonNullable<HorizontalStatus['conditions']>;

/** One condition as it is to be. */
export interface Aspect {
  readonly type: ConditionType;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Sets conditions; the time stays that of the last change of the status. */
export function withAspects(before: Conditions | undefined, aspects: readonly Aspect[], now: string): Conditions {
  const kept = (before ?? []).filter(({ type }) => !aspects.some((aspect) => aspect.type === type));
  const set = aspects.map((aspect) => {
    const known = before?.find(({ type }) => type === aspect.type);
    const lastTransitionTime =
      known?.status === aspect.status && known.lastTransitionTime !== undefined ? known.lastTransitionTime : now;
    return { ...aspect, lastTransitionTime };
  });
  const order: readonly string[] = ['AbleToScale', 'ScalingActive', 'ScalingLimited'];
  return [...kept, ...set].toSorted((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/** Reasons of conditions when a metric cannot be told, by the type of the metric; Kubernetes' words. */
const FAILED = {
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  External: 'FailedGetExternalMetric',
} as const satisfies Record<MetricSpec['type'], string>;

const STABLE = {
  no: ['ReadyForNewScale', 'the number of machines is the one that was last recommended'],
  'up-stabilized': ['ScaleUpStabilized', 'fewer were recommended a short while ago: the least of the window counts'],
  'down-stabilized': ['ScaleDownStabilized', 'more were recommended a short while ago: the most of the window counts'],
} as const;

const LIMITED = {
  within: ['DesiredWithinRange', 'the number that is wanted lies within the bounds'],
  'up-rate': ['ScaleUpLimit', 'the number may not grow any faster'],
  'down-rate': ['ScaleDownLimit', 'the number may not shrink any faster'],
  maximum: ['TooManyReplicas', 'more are wanted than maxReplicas allows'],
  minimum: ['TooFewReplicas', 'fewer are wanted than minReplicas allows'],
} as const;

/** What the conditions say of a decision. `specs` and `observed` are the metrics in order. */
export function aspectsOf(
  answer: HorizontalAnswer,
  specs: readonly MetricSpec[],
  observed: readonly ObservedMetric[],
): readonly Aspect[] {
  const [reason, message] = LIMITED[answer.limited];
  const limited: Aspect = {
    type: 'ScalingLimited',
    status: answer.limited === 'within' ? 'False' : 'True',
    reason,
    message,
  };
  if (answer.by === 'bounds') return [limited];
  if (answer.by === 'off') {
    const off = 'there are no machines, and by metrics there will be none until the number is set by hand';
    return [{ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: off }];
  }
  const failed = answer.proposals.findIndex((proposal) => typeof proposal === 'string');
  const failure = failed < 0 ? undefined : (answer.proposals[failed] as string);
  if (answer.by === 'unknown') {
    const type = specs[failed]?.type ?? 'Resource';
    const text = `${observed[failed]?.name ?? 'metric'}: ${failure ?? 'nothing to measure'}`;
    return [{ type: 'ScalingActive', status: 'False', reason: FAILED[type], message: text }];
  }
  const [stableReason, stableMessage] = STABLE[answer.stabilized];
  return [
    { type: 'AbleToScale', status: 'True', reason: stableReason, message: stableMessage },
    {
      type: 'ScalingActive',
      status: 'True',
      reason: 'ValidMetricFound',
      message: `the number was calculated from ${answer.decisive}${besides(answer, observed)}`,
    },
    limited,
  ];
}

/** What there was beside the metric that decided: what each asked for, or why it could not be told. */
function besides({ decisive, recommended, proposals }: HorizontalAnswer, observed: readonly ObservedMetric[]): string {
  const told = proposals.map((proposal, index) => {
    const name = observed[index]?.name ?? '';
    if (typeof proposal === 'string') return `${name} is lost: ${proposal}`;
    return name === decisive ? '' : `${name} asks for ${proposal.replicas}`;
  });
  const others = told.filter((text) => text !== '');
  return others.length === 0 ? '' : `, which asks for ${recommended}; ${others.join('; ')}`;
}

/** `currentMetrics`, each where it stands in the spec: one that could not be told says no more than its type. */
export function currentMetrics(
  specs: readonly MetricSpec[],
  proposals: HorizontalAnswer['proposals'],
): readonly MetricStatus[] {
  return specs.flatMap((spec, index) => {
    const proposal = proposals[index];
    if (proposal === undefined) return [];
    return [typeof proposal === 'string' ? { type: spec.type } : statusOf(spec, proposal)];
  });
}

function statusOf(spec: MetricSpec, { value, average, utilization }: MetricProposal): MetricStatus {
  const cpu = (spec.resource ?? spec.containerResource)?.name === 'cpu';
  const bytes = (spec.resource ?? spec.containerResource)?.name === 'memory';
  const text = (amount: number) => (bytes ? String(Math.round(amount)) : decimalQuantity(amount));
  const current = {
    ...(value !== undefined && { value: text(value) }),
    ...(average !== undefined && { averageValue: text(average) }),
    ...(utilization !== undefined && (cpu || bytes) && { averageUtilization: utilization }),
  };
  const { type, resource, containerResource, pods, object, external } = spec;
  return {
    type,
    ...(resource && { resource: { name: resource.name, current } }),
    ...(containerResource && {
      containerResource: { name: containerResource.name, container: containerResource.container, current },
    }),
    ...(pods && { pods: { metric: pods.metric, current } }),
    ...(object && { object: { metric: object.metric, describedObject: object.describedObject, current } }),
    ...(external && { external: { metric: external.metric, current } }),
  };
}

/** Why the number changes. */
export function whyChanged(
  answer: HorizontalAnswer,
  { spec }: HorizontalPodAutoscaler,
  observed: readonly ObservedMetric[],
): WhyScaled {
  const { decisive = '', recommended = answer.replicas } = answer;
  if (answer.by === 'bounds') {
    return answer.limited === 'maximum'
      ? { is: 'above-maximum', bound: spec.maxReplicas }
      : { is: 'below-minimum', bound: spec.minReplicas ?? 1 };
  }
  const others = askedFor(answer, observed).filter(({ name }) => name !== decisive);
  const part: AskedPart = {
    of: 'machines',
    by: { is: 'metric', name: decisive },
    wanted: recommended,
    ...(others.length > 0 && {
      others: others.map(({ name, replicas }) => ({ by: { is: 'metric', name }, wanted: replicas })),
    }),
    ...heldAt(answer.replicas, { ...answer, wanted: recommended }),
  };
  return { is: 'demand', parts: [part] };
}

/** What each metric asked for that could be told. */
function askedFor({ proposals }: HorizontalAnswer, observed: readonly ObservedMetric[]) {
  return proposals.flatMap((proposal, index) =>
    typeof proposal === 'string' ? [] : [{ name: observed[index]?.name ?? '', replicas: proposal.replicas }],
  );
}
