/**
 * One host's agent over the real door: operations on a memory store, a simulated host, virtual time. The
 * program may crash at any moment; containers, network and store stay.
 */
export * from './simulated-host.ts';
