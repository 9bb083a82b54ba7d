/**
 * One Linux host put together: its facts, how its machines are asked over the network, and its pods with
 * Podman, folders and records.
 */
export * from './node-facts.ts';
export * from './pod-host.ts';
