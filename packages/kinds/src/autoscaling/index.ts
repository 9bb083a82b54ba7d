/**
 * HorizontalPodAutoscaler (autoscaling/v2): how many machines a workload has, by metrics. One file a part:
 * what is measured, how quickly may be scaled, what was found, and the kind that puts them together.
 */
export type { HorizontalBehavior, ScalingPolicy, ScalingRules } from './behavior.ts';
export * from './horizontal-pod-autoscaler.ts';
export * from './horizontal-pod-autoscaler-v1.ts';
export type { HorizontalStatus, MetricStatus } from './horizontal-status.ts';
export * from './metric-address.ts';
export type { MetricSpec, MetricTarget } from './metric-spec.ts';
