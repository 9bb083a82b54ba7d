/** The will: one folder a reconciler, each observe, decide, act. They go through the door like everyone. */
export * from './data-volume/index.ts';
export * from './deployment/index.ts';
export * from './endpoint-slice/index.ts';
export * from './event/index.ts';
export * from './framework/index.ts';
export * from './garbage-collector/index.ts';
export * from './namespace/index.ts';
export * from './node-lifecycle/index.ts';
export * from './persistent-volume/index.ts';
export * from './pod-disruption-budget/index.ts';
export * from './reconciler.ts';
export * from './replica-set/index.ts';
export * from './scheduler/index.ts';
export * from './service/index.ts';
export * from './service-account/index.ts';
export * from './virtual-machine/index.ts';
export * from './virtual-machine-instance/index.ts';
