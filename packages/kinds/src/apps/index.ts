/** Machines in numbers: a Deployment rolls versions out through ReplicaSets, which keep pods. */
export * from './controller-revision.ts';
export * from './deployment.ts';
export type { Deployment, DeploymentCondition } from './deployment-body.ts';
export * from './replica-set.ts';
export type { ReplicaSet, ReplicaSetCondition } from './replica-set-body.ts';
export * from './scale.ts';
