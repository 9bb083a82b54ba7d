/** Drivers of a simulated host. */

export * from './containers.ts';
export * from './network.ts';
export * from './pod-world.ts';
