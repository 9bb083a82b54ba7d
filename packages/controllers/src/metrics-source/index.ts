/** What autoscalers of all kinds share: where numbers come from, and how a target is read, found and scaled. */
export * from './action-record.ts';
export * from './autoscaler-caches.ts';
export * from './door-metrics.ts';
export * from './held-at.ts';
export * from './machines-of-target.ts';
export * from './measured-machine.ts';
export * from './metrics-source.ts';
export * from './scale-target.ts';
export * from './value-source.ts';
