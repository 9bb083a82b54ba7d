/**
 * Quotas and bounds as pure functions, shared by those who refuse and those who count: what an object uses,
 * which quotas it falls under, whether one more still fits, and what a LimitRange fills in and forbids.
 */
export * from './charge-quota.ts';
export * from './limit-range-rules.ts';
export * from './quota-scope.ts';
export * from './usage-of.ts';
