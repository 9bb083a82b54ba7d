import { countColumn, textColumn } from '../columns/index.ts';
import { defineKind, int32, int64, type KindOf, object, required, type Static, time } from '../machinery/index.ts';
import { named } from '../shared/openapi-names.ts';
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { crossVersionReference, type MetricSpec } from './metric-spec.ts';

const name = named('api.autoscaling.v1');

const spec = object(
  {
    scaleTargetRef: required(crossVersionReference),
    minReplicas: int32('Fewest machines; 1 by default.'),
    maxReplicas: required(int32('Most machines.')),
    targetCPUUtilizationPercentage: int32('Wanted mean use of processors; 80 by default.', { minimum: 1 }),
  },
  'What is scaled, between what.',
  name('HorizontalPodAutoscalerSpec'),
);

const status = object(
  {
    observedGeneration: int64('Generation that was last acted on.'),
    lastScaleTime: time('When the number of machines was last changed.'),
    currentReplicas: int32('How many machines there are.'),
    desiredReplicas: int32('How many there should be.'),
    currentCPUUtilizationPercentage: int32('Mean use of processors.'),
  },
  'What was found.',
  name('HorizontalPodAutoscalerStatus'),
);

const body = object({ spec: required(spec), status });
export type HorizontalPodAutoscalerV1 = KindOf<Static<typeof body>>;

/**
 * The form in which `kubectl autoscale` makes autoscalers. It is another way to write one of autoscaling/v2, as
 * which it is stored: what of that this form cannot say stays as it is.
 */
export const horizontalPodAutoscalerV1 = defineKind({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  description: 'The older form of an autoscaler, by processors alone.',
  body,
  columns: [
    textColumn(
      'Reference',
      'What is scaled.',
      ({ spec: { scaleTargetRef } }: HorizontalPodAutoscalerV1) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
    ),
    countColumn('MaxPods', 'Most machines.', (item: HorizontalPodAutoscalerV1) => item.spec.maxReplicas),
  ],
  verbs: ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'],
});

/**
 * The same autoscaler in autoscaling/v2. What the older form cannot say is as it was `before`, or left to the defaults.
 */
export function horizontalFromV1(
  { metadata, spec: given, status: found }: HorizontalPodAutoscalerV1,
  before?: HorizontalPodAutoscaler,
): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: averageUtilization, ...rest } = given;
  const { metrics = [], behavior } = before?.spec ?? {};
  const others = metrics.filter((metric) => !isProcessorUse(metric));
  const target = { type: 'Utilization' as const, averageUtilization: averageUtilization ?? 80 };
  const use = { type: 'Resource' as const, resource: { name: 'cpu', target } };
  // Where other metrics decide, none is added that nobody asked for.
  const own = averageUtilization === undefined && others.length > 0 ? [] : [use];
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { ...rest, metrics: [...own, ...others], ...(behavior && { behavior }) },
    ...(found && { status: { desiredReplicas: found.desiredReplicas ?? 0 } }),
  };
}

/** The one metric that the older form can say. */
function isProcessorUse({ resource }: MetricSpec): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

/** As much of an autoscaler as the older form can say. */
export function horizontalToV1({
  metadata,
  spec: given,
  status: found,
}: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics = [] } = given;
  const wanted = metrics.find(isProcessorUse)?.resource?.target.averageUtilization;
  const used = found?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: {
      scaleTargetRef,
      ...(minReplicas !== undefined && { minReplicas }),
      maxReplicas,
      ...(wanted !== undefined && { targetCPUUtilizationPercentage: wanted }),
    },
    status: {
      ...(found?.observedGeneration !== undefined && { observedGeneration: found.observedGeneration }),
      ...(found?.lastScaleTime !== undefined && { lastScaleTime: found.lastScaleTime }),
      currentReplicas: found?.currentReplicas ?? 0,
      desiredReplicas: found?.desiredReplicas ?? 0,
      ...(used?.averageUtilization !== undefined && { currentCPUUtilizationPercentage: used.averageUtilization }),
    },
  };
}
