/**
 * ElasticPolicy: how many machines a workload has and how large they are, under one policy. One file a part: what
 * is measured and how it is answered, when, and the kind that puts them together.
 */
export { type ElasticMetricSpec, elasticMetricTypes, resourceOfMetric } from './elastic-metric.ts';
export * from './elastic-policy.ts';
export type { ElasticScheduleSpec } from './elastic-schedule.ts';
export { metricValueText, shortNumber } from './metric-text.ts';
export * from './waking-services.ts';
