/**
 * What belongs to something that is gone goes too.
 *
 *   owner-graph        who belongs to whom, over the caches of all kinds
 *   judge              what must happen to an object, given how its owners stand
 *   garbage-collector  the reconciler: looks, judges, acts
 */
export * from './garbage-collector.ts';
