/** What hosts and machines use, as `kubectl top` and autoscalers ask for it: kinds that are measured, never stored. */
export * from './host-usage.ts';
export * from './node-metrics.ts';
export * from './pod-metrics.ts';
export * from './virtual-machine-instance-metrics.ts';
