/**
 * What runs reconcilers. A reconciler says what wakes it and how one name is made right; the rest is here.
 *
 *   wake             a cache whose changes wake a reconciler, and the names by which it speaks of objects
 *   brood            the objects that another one keeps a number of; claim: whose they are
 *   controller       one reconciler at work: queue, workers, outcomes, waits between tries
 *   controller-report what a controller tells about itself
 *   leader-election  one of several servers leads, by a Lease, and steps down before that runs out
 *   controllers      all reconcilers of a server, running while it leads
 */
export * from './brood.ts';
export * from './claim.ts';
export * from './controller.ts';
export * from './controller-of.ts';
export * from './controller-report.ts';
export * from './controllers.ts';
export * from './leader-election.ts';
export * from './replica-conditions.ts';
export * from './slow-start.ts';
export * from './version-hash.ts';
export * from './wake.ts';
