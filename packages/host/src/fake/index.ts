/**
 * Drivers of a simulated host, with the promises of the real ones: the same conformance suites run on both.
 * They are the host itself, and so outlive every incarnation of the program on it.
 */
export * from './containers.ts';
export * from './guest-process.ts';
export * from './hypervisor.ts';
export * from './network.ts';
export * from './pod-world.ts';
export * from './volumes.ts';
export * from './work.ts';
