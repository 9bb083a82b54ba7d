/**
 * Gives every machine a host. It keeps a snapshot of hosts and machines by watching, lets the planner place
 * all waiting machines at once, and posts the bindings; the API checks each again before it holds.
 *
 *   cluster-watch     the snapshot, and which machines wait, kept by changes
 *   claim-reach       where the volumes of a machine can be reached, and what they still wait for
 *   candidates        which of those that wait can be placed, as far as their volumes go
 *   place-batch       all of them at once: those with room held for them, groups, the rest
 *   gangs             groups that get hosts together or not at all
 *   preemption/       room for the more important
 *   scheduler         the reconciler: decides a batch, then writes bindings and refusals
 *   rehearse          what it would decide about machines that are not there: `godwit place --dry-run`
 *   why-waiting       why a machine waits, as a value, and in English
 *   tell-refusal      says it at the machine: its PodScheduled condition, and an event
 */
export { type Rehearsed, rehearsePlacement } from './rehearse.ts';
export type { Machine } from './schedulable-machine.ts';
export * from './scheduler.ts';
export type { ClaimWait, RoomNews, WhyWaiting } from './why-waiting.ts';
