/**
 * A whole cloud on virtual time: the API, the controllers, and of every host the state machines of its agent on fake
 * drivers.
 *
 *   rehearsed-cloud   API and controllers over a store in memory
 *   restore           puts the objects of a cloud that is there already into the store
 *   rehearsed-host    the machines of one host, its power, its heart
 *   rehearsed-meter   what its machines use
 *   rehearsed-power   switches hosts off and on
 *   live-moves        machines that go to another host while they run
 *   fleet             all hosts; one watch hands each machine to its host
 *   quiet-door        the door without what nobody reads here
 */
export * from './fleet.ts';
export type { MoveTotals } from './live-moves.ts';
export * from './rehearsed-cloud.ts';
export * from './rehearsed-host.ts';
export { groupLabel, type ShareOf } from './rehearsed-meter.ts';
