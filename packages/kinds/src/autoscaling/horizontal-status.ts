import {
  filled,
  int32,
  int64,
  listOf,
  object,
  oneOf,
  quantity,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { conditionFields } from '../shared/condition.ts';
import { autoscalingName } from '../shared/openapi-names.ts';
import { crossVersionReference, metricIdentifier, metricTypes } from './metric-spec.ts';

const current = object(
  {
    value: quantity('Value of the metric.'),
    averageValue: quantity('Mean of the metric over all machines.'),
    averageUtilization: int32('Mean use, in percent of what the machines request.'),
  },
  'What was measured last.',
  autoscalingName('MetricValueStatus'),
);

const resource = required(string('Name of the resource.'));

const metricStatus = object(
  {
    type: required(oneOf(metricTypes, 'Which of the following fields says what was measured.')),
    object: object(
      {
        metric: required(metricIdentifier),
        current: required(current),
        describedObject: required(crossVersionReference),
      },
      'A metric of another object.',
      autoscalingName('ObjectMetricStatus'),
    ),
    pods: object(
      { metric: required(metricIdentifier), current: required(current) },
      'A metric of each machine.',
      autoscalingName('PodsMetricStatus'),
    ),
    resource: object(
      { name: resource, current: required(current) },
      'Use by the machines.',
      autoscalingName('ResourceMetricStatus'),
    ),
    containerResource: object(
      { name: resource, current: required(current), container: required(string('Name of the container.')) },
      'Use by one container in each pod.',
      autoscalingName('ContainerResourceMetricStatus'),
    ),
    external: object(
      { metric: required(metricIdentifier), current: required(current) },
      'A metric of something outside.',
      autoscalingName('ExternalMetricStatus'),
    ),
  },
  'What one metric was like.',
  autoscalingName('MetricStatus'),
);
export type MetricStatus = Static<typeof metricStatus>;

const condition = object(
  conditionFields('AbleToScale, ScalingActive or ScalingLimited.'),
  'One aspect of how the autoscaler stands.',
  autoscalingName('HorizontalPodAutoscalerCondition'),
);

export const status = object(
  {
    observedGeneration: int64('Generation that was last acted on.'),
    lastScaleTime: time('When the number of machines was last changed.'),
    currentReplicas: int32('How many machines there are.'),
    desiredReplicas: filled(int32('How many there should be, as last calculated.')),
    currentMetrics: listOf(metricStatus, 'What was measured last.'),
    conditions: listOf(condition, 'How the autoscaler stands.', { keys: ['type'] }),
  },
  'What was found, and what came of it.',
  autoscalingName('HorizontalPodAutoscalerStatus'),
);
export type HorizontalStatus = Static<typeof status>;
