import { int32, object, oneOf, quantity, required, type Static, string } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { autoscalingName } from '../shared/openapi-names.ts';

export const metricTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] as const;

export const crossVersionReference = object(
  {
    kind: required(string('Kind of the object.')),
    name: required(string('Name of the object.')),
    apiVersion: string('API version of the object.'),
  },
  'An object of the same namespace.',
  autoscalingName('CrossVersionObjectReference'),
);

export const metricIdentifier = object(
  { name: required(string('Name of the metric.')), selector: labelSelector },
  'A metric by name and labels.',
  autoscalingName('MetricIdentifier'),
);

export const metricTarget = object(
  {
    type: required(oneOf(['Utilization', 'Value', 'AverageValue'], 'What the target is of.')),
    value: quantity('Wanted value of the metric.'),
    averageValue: quantity('Wanted mean of the metric over all machines.'),
    averageUtilization: int32('Wanted mean use, in percent of what the machines request.'),
  },
  'What a metric is to be like.',
  autoscalingName('MetricTarget'),
);
export type MetricTarget = Static<typeof metricTarget>;

const resource = required(string('Name of the resource: cpu or memory.'));

export const metricSpec = object(
  {
    type: required(oneOf(metricTypes, 'Which of the following fields says what is measured.')),
    object: object(
      {
        describedObject: required(crossVersionReference),
        target: required(metricTarget),
        metric: required(metricIdentifier),
      },
      'A metric of another object.',
      autoscalingName('ObjectMetricSource'),
    ),
    pods: object(
      { metric: required(metricIdentifier), target: required(metricTarget) },
      'A metric of each machine, of which the mean counts.',
      autoscalingName('PodsMetricSource'),
    ),
    resource: object(
      { name: resource, target: required(metricTarget) },
      'Use of processors or memory by the machines.',
      autoscalingName('ResourceMetricSource'),
    ),
    containerResource: object(
      { name: resource, target: required(metricTarget), container: required(string('Name of the container.')) },
      'The same, of one container in each pod.',
      autoscalingName('ContainerResourceMetricSource'),
    ),
    external: object(
      { metric: required(metricIdentifier), target: required(metricTarget) },
      'A metric of something outside the cloud.',
      autoscalingName('ExternalMetricSource'),
    ),
  },
  'One thing that is measured, and what it is to be like.',
  autoscalingName('MetricSpec'),
);
export type MetricSpec = Static<typeof metricSpec>;
