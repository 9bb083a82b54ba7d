/**
 * Tells in the status of each disruption budget how many of its pods may be sent away now. Evictions are
 * judged by the API itself, by the pods as they are; this is what people and tools read beforehand.
 */
export * from './pod-disruption-budget-reconciler.ts';
