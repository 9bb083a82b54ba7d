import { countColumn, textColumn } from '../columns/index.ts';
import {
  type BodyOf,
  defineKind,
  formOf,
  int32,
  int64,
  type KindOf,
  object,
  required,
  type Static,
  time,
} from '../machinery/index.ts';
import { named } from '../shared/openapi-names.ts';
import { type HorizontalPodAutoscaler, horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
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

type V1Status = NonNullable<HorizontalPodAutoscalerV1['status']>;
type V2Status = NonNullable<HorizontalPodAutoscaler['status']>;

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
  subresources: { status: true },
  columns: [
    textColumn(
      'Reference',
      'What is scaled.',
      ({ spec: { scaleTargetRef } }: HorizontalPodAutoscalerV1) => `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
    ),
    countColumn('MaxPods', 'Most machines.', (item: HorizontalPodAutoscalerV1) => item.spec.maxReplicas),
  ],
  form: formOf<HorizontalPodAutoscalerV1, HorizontalPodAutoscaler>(horizontalPodAutoscaler, { read, write }),
});

/** What the older form cannot say is as it was `before`, or left to the defaults. */
function write(
  { spec: given, status: found }: BodyOf<HorizontalPodAutoscalerV1>,
  before?: BodyOf<HorizontalPodAutoscaler>,
): BodyOf<HorizontalPodAutoscaler> {
  const { targetCPUUtilizationPercentage: averageUtilization, ...rest } = given;
  const { metrics: known = [], behavior } = before?.spec ?? {};
  const others = known.filter((metric) => !isProcessorUse(metric));
  const own = averageUtilization === undefined ? [] : [processorUse(averageUtilization)];
  const metrics = [...own, ...others];
  return {
    spec: { ...rest, ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior }) },
    ...(found && { status: writtenStatus(found, before?.status) }),
  };
}

function writtenStatus(
  { currentCPUUtilizationPercentage: averageUtilization, ...found }: V1Status,
  before: V2Status | undefined,
): V2Status {
  const { conditions, currentMetrics: known = [], desiredReplicas = 0 } = before ?? {};
  const others = known.filter(({ resource }) => resource?.name !== 'cpu');
  const measured = known.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  const own =
    averageUtilization === undefined
      ? []
      : [{ type: 'Resource' as const, resource: { name: 'cpu', current: { ...measured, averageUtilization } } }];
  const currentMetrics = [...own, ...others];
  return {
    desiredReplicas,
    ...found,
    ...(currentMetrics.length > 0 && { currentMetrics }),
    ...(conditions && { conditions }),
  };
}

function processorUse(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

/** The one metric that the older form can say. */
function isProcessorUse({ resource }: MetricSpec): boolean {
  return resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function read({ spec: given, status: found }: BodyOf<HorizontalPodAutoscaler>): BodyOf<HorizontalPodAutoscalerV1> {
  const { scaleTargetRef, minReplicas, maxReplicas, metrics = [] } = given;
  const wanted = metrics.find(isProcessorUse)?.resource?.target.averageUtilization;
  const used = found?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  return {
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
