/**
 * How a set of hosts is used: where machines are put, when they are moved, when hosts sleep, what is kept free
 * for failures, and what sizes are recommended. One file a part; `balance-policy.ts` puts them together.
 */
export * from './balance-policy.ts';
export type { PolicyMode } from './mode.ts';
export type { PlacementSpec } from './placement.ts';
export type { BalancePolicyStatus } from './status.ts';
