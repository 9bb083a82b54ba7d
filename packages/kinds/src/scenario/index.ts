/**
 * A rehearsal as a file: which cloud (unless it is read from a live or saved one), what happens to it, and by which
 * policies. `godwit sim` runs it.
 */

export type { ScenarioAutoscale } from './autoscale.ts';
export type { ScenarioDemand } from './demand.ts';
export { durationMs } from './duration.ts';
export * from './scenario.ts';
