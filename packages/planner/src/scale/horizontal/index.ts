/** HorizontalPodAutoscaler's decisions, to the letter of Kubernetes' algorithm. */
export * from './horizontal-decision.ts';
export type { HorizontalMetric, HorizontalSample, MetricProposal } from './metric-replicas.ts';
export type { MeasuredMachine } from './usage-ratio.ts';
