/**
 * The door: the Kubernetes API over a store. `operations/` is its lower floor (verbs on objects, in
 * process), `http/` its upper one (requests and responses).
 */
export * from './admission/admitter.ts';
export * from './authentication/index.ts';
export * from './authorization/authorizer.ts';
export * from './authorization/user.ts';
export type { DerivedKind, DerivedObject } from './documents/derived-hub.ts';
export * from './documents/document.ts';
export { documentKey } from './documents/keys.ts';
export * from './http/index.ts';
export * from './operations/index.ts';
