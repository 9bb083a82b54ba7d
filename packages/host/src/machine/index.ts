/**
 * The generic machine: one machine is one queue of inputs and one loop around a pure step. Pods and
 * virtual machines are both built on it; records let a new process adopt what runs.
 */
export * from './behaviour.ts';
export * from './incarnation.ts';
export * from './machine-addresses.ts';
export * from './machine-loop.ts';
export * from './machine-manager.ts';
export * from './machine-records.ts';
