/** Machines in numbers: a Deployment rolls versions out through ReplicaSets, which keep pods. */
export * from './deployment.ts';
export * from './replica-set.ts';
export * from './scale.ts';
