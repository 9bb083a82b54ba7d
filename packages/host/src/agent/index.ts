/**
 * The agent: one host's hands. It watches the machines that are bound to its node and hands them to their
 * managers, keeps its Node and Lease, serves Services, and looks after the host's volumes. It knows the API
 * only through the door that it is given.
 *
 * - `agent.ts` starts, adopts and stops it all
 * - `machine-feed.ts` objects → a MachineManager; what the API no longer knows is ended
 * - `node-keeper.ts`, `node-status.ts` the Node object and its Lease
 * - `service-keeper.ts` Services → the network driver
 * - `volume-keeper.ts` PersistentVolumes of this host
 * - `api-configuration.ts`, `api-pod-reporter.ts` what pods read from and tell the API
 */
export * from './agent.ts';
export * from './api-configuration.ts';
export * from './api-pod-reporter.ts';
export type { NodeFacts } from './node-status.ts';
export type { VolumeFiller } from './volume-keeper.ts';
