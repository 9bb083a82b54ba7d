/**
 * The door: the Kubernetes API over a store. `operations/` is its lower floor (verbs on objects, in
 * process), `http/` its upper one (requests and responses).
 */
export * from './admission/admitter.ts';
export * from './authentication/authenticator.ts';
export * from './authentication/token-issuer.ts';
export * from './authorization/authorizer.ts';
export * from './authorization/user.ts';
export * from './documents/document.ts';
export * from './documents/parse-body.ts';
export * from './http/index.ts';
export * from './operations/kind-registry.ts';
export * from './operations/operations.ts';
export * from './operations/options.ts';
