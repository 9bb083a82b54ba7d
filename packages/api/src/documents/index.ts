/**
 * What is stored, kept and watched: documents and their keys, selectors over them, and for each kind one
 * cache with its watchers, all fed by a single watch of the store.
 */
export * from './continue-token.ts';
export * from './derived-hub.ts';
export * from './document.ts';
export * from './duplicate-fields.ts';
export * from './events.ts';
export * from './feed.ts';
export * from './field-reader.ts';
export * from './form.ts';
export * from './json.ts';
export * from './keys.ts';
export * from './kind-hub.ts';
export * from './selection.ts';
export * from './watcher.ts';
