/**
 * What the benchmark of elasticity needs: loads from traces, a fleet that takes time to grow, the rule of
 * Kubernetes' autoscaler as reference, and the measures of the SPEC Research Group.
 */
export * from './fleet.ts';
export * from './horizontal-rule.ts';
export * from './loads.ts';
export * from './measures.ts';
