/** Many runs at once, on all cores: `run-seeds` hands seeds out, `seed-worker` runs them, each thread one at a time. */
export { runSeeds, type SeedOutcome } from './run-seeds.ts';
