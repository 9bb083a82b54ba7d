/**
 * Gives every machine a host. It keeps a snapshot of hosts and machines by watching, lets the planner place
 * all waiting machines at once, and posts the bindings; the API checks each again before it holds.
 *
 *   cluster-watch     the snapshot, and which machines wait, kept by changes
 *   claim-reach       where the volumes of a machine can be reached, and what they still wait for
 *   scheduler         the reconciler: one batch a run
 *   tell-refusal      why a machine waits: its PodScheduled condition, and an event
 */
export * from './scheduler.ts';
