/**
 * What happened to objects, in the two forms that Kubernetes has for it: whoever writes in one of them is read in
 * both. They are stored in the form of the core group.
 */
export * from './event.ts';
export * from './events-event.ts';
