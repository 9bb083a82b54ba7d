/**
 * Counts what a namespace uses and writes it into the status of its quotas. Admission charges quotas as
 * objects are written; this recount gives back what went, and corrects what was there before a quota was.
 */
export * from './resource-quota-reconciler.ts';
