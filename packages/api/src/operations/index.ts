/**
 * The lower floor of the door. `operations.ts` says what it can do, `create-operations.ts` opens it; one file
 * a verb (`read`, `watch`, `create`, `update`, `patch`, `delete`), `subresources/` and `reviews/` for the rest.
 *
 *   engine    what all verbs share: caches, kinds, who may do what
 *   attempt   one try at a write: admission, and the batch that all of it goes into
 */
export * from './create-operations.ts';
export * from './kind-registry.ts';
export * from './operations.ts';
export * from './options.ts';
