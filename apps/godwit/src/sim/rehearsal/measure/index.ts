/**
 * What is recorded while a rehearsal runs.
 *
 *   ledger    which machine is where and whether it runs, told by watches; and how long too few ran
 *   beginning whether machines that were there already are where they were
 *   sample    the figures of one moment
 *   reserve   whether hosts could be lost at this moment
 *   all-awake what would be if nobody slept
 *   deeds     what was done to machines and hosts by policies, and why
 *   losses    what became of the machines of hosts that were lost
 *   elasticity  how the machines of a group followed its demand
 */

export { groupLabel } from '../cloud/index.ts';
export * from './all-awake.ts';
export * from './beginning.ts';
export * from './deeds.ts';
export * from './elasticity.ts';
export * from './ledger.ts';
export * from './losses.ts';
export * from './reserve.ts';
export * from './sample.ts';
