/**
 * Whether an object is what its kind says. `shape.ts` turns a schema into one function that copies, prunes
 * and checks in a single pass; `metadata.ts` knows the rules of names, labels and annotations.
 */
export * from './formats.ts';
export * from './messages.ts';
export * from './metadata.ts';
export * from './nearest-name.ts';
export * from './shape.ts';
