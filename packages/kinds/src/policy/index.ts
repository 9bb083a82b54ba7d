/** Planned disruption: how many machines may be away, and the request that asks one to go. */
export * from './eviction.ts';
export * from './pod-disruption-budget.ts';
