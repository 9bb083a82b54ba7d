/**
 * The four ways to change a part of an object: `json-patch` (RFC 6902), `merge-patch` (RFC 7386),
 * `strategic-merge` (Kubernetes' own, by schema) and `apply/` (server-side apply, by who manages what). All
 * are pure: values in, a new value out, what did not change is shared with the old one.
 */
export * from './apply/index.ts';
export * from './json-patch.ts';
export * from './merge-patch.ts';
export * from './patch-schema.ts';
export * from './strategic-merge.ts';
