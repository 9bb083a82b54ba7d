/** Drivers of a simulated host. */
export * from './network.ts';
