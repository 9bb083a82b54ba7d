/**
 * Server-side apply: who manages which fields, and what that means for a change.
 *
 *   field-set        sets of fields as the trees of `fieldsV1` (`f:name`, `k:{…}`, `v:…`)
 *   fields-of        the fields that an object sets, and those in which two objects differ
 *   managers         the entries of `metadata.managedFields`: kept on every write
 *   apply            merges what a manager applies into an object; conflicts, and what he no longer names
 */
export * from './apply.ts';
export * from './field-set.ts';
export * from './fields-of.ts';
export * from './managers.ts';
