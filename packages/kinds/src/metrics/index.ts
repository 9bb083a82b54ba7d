/**
 * What hosts and machines use, as `kubectl top` and autoscalers ask for it: kinds that are measured, never stored. And what
 * is asked of others (`value-query.ts`), where machines tell it (`scrape-address.ts`), and what is believed of it
 * (`belief.ts`, `growth.ts`).
 */
export * from './belief.ts';
export * from './growth.ts';
export * from './host-usage.ts';
export * from './node-metrics.ts';
export * from './pod-metrics.ts';
export { endpointsOf } from './scrape-address.ts';
export * from './value-query.ts';
export * from './virtual-machine-instance-metrics.ts';
