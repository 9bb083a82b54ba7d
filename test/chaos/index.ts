/**
 * Everything that goes wrong, on simulated hosts: `crashes` runs many seeds, `planted-bugs` shows for each invariant
 * that it finds what breaks it, `same-seed` that a seed is a run.
 */
export * from '../../apps/godwit/src/sim/index.ts';
