/**
 * The rehearsal of faults: the real API, controllers and agents on simulated hosts, one virtual clock and one seed,
 * while programs are killed, power fails, disks fill up, wires break and machines die by themselves.
 *
 *   world/       time, chance and the lives of programs: a crash is the end of a life
 *   disk/        what a disk keeps when the power goes
 *   cloud/       hosts, and the programs on them, put together as `godwit up` does
 *   workload/    users, and everything that goes wrong
 *   invariants/  what must hold all the same
 *   simulation   one run, from its seed to its hash
 *   many/        many runs at once, on all cores
 */
export type { Plant } from './cloud/plant.ts';
export { Violation } from './invariants/index.ts';
export * from './many/index.ts';
export * from './simulation.ts';
export {
  balanceOffer,
  budgetOffer,
  deploymentOffer,
  machineOffer,
  type Offer,
  scalers,
} from './workload/repertoire.ts';
