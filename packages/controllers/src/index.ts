/** The will: one folder a reconciler, each observe, decide, act. They go through the door like everyone. */
export * from './framework/index.ts';
export * from './garbage-collector/index.ts';
export * from './namespace/index.ts';
export * from './reconciler.ts';
export * from './service/index.ts';
