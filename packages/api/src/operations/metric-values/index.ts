/**
 * Metrics of machines, other objects and things outside, as autoscalers see them: `custom.metrics.k8s.io` and
 * `external.metrics.k8s.io`. They are read when somebody asks, by the same reader that autoscalers have.
 *
 * - `metric-groups.ts` the two groups, and the shapes of their answers
 * - `object-values.ts` metrics of objects, `outside-values.ts` of what is outside
 * - `metric-names.ts` which there are: those that autoscalers name, and those of load balancers
 */
export {
  customGroup,
  customVersions,
  externalGroup,
  externalVersion,
  isMetricGroup,
  type MetricSelectors,
} from './metric-groups.ts';
export { type MetricNames, metricNames } from './metric-names.ts';
export { readMetricValues } from './read-metric-values.ts';
