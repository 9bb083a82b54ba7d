/**
 * What is recorded while a rehearsal runs.
 *
 *   ledger    which machine is where and whether it runs, told by watches; and how long too few ran
 *   sample    the figures of one moment
 *   reserve   whether hosts could be lost at this moment
 *   losses    what became of the machines of hosts that were lost
 */
export * from './ledger.ts';
export * from './losses.ts';
export * from './reserve.ts';
export * from './sample.ts';
