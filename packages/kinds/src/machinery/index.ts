/** The grammar of the words: schemas, object metadata, Status, the door's verbs, and how a kind is defined. */
export * from './deep-equal.ts';
export * from './define-kind.ts';
export * from './door.ts';
export * from './form.ts';
export * from './object-meta.ts';
export * from './schema.ts';
export * from './status.ts';
