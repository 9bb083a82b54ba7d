/**
 * What happened to objects, in the two forms that Kubernetes has for it. Godwit writes the core form; unlike in
 * Kubernetes, each form is stored for itself.
 */
export * from './core-event.ts';
export * from './event.ts';
