/**
 * Who has to go so that a more important machine fits: the fewest and least important, as far as disruption
 * budgets allow.
 */
export * from './preempt.ts';
