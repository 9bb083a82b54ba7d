/**
 * The end of a namespace: everything in it goes first.
 *
 *   namespace-conditions  what its status says while that lasts
 *   namespace-reconciler  empties it, kind by kind, and lets it go
 */
export * from './namespace-reconciler.ts';
