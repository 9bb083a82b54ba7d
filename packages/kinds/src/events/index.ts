/** What happened to objects. One stored thing seen through two API groups, as in Kubernetes. */
export * from './core-event.ts';
export * from './event.ts';
