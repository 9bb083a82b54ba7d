/**
 * A whole cloud on virtual time: the API, the controllers, and of every host the state machines of its agent on fake
 * drivers.
 *
 *   rehearsed-cloud   API and controllers over a store in memory
 *   rehearsed-host    the machines of one host, its power, its heart
 *   fleet             all hosts; one watch hands each machine to its host
 *   heartbeats        when a host was last heard of, without its writing so
 *   quiet-door        the door without what nobody reads here
 */
export * from './fleet.ts';
export * from './rehearsed-cloud.ts';
export * from './rehearsed-host.ts';
