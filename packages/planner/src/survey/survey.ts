/** A host that will do, and how many points it has. */
export interface Candidate {
  readonly row: number;
  readonly points: number;
}

/** What looking at all hosts for one machine has shown. */
export interface Survey {
  /** The best hosts, best first. */
  readonly best: readonly Candidate[];
  /** How many hosts were turned down, by their first reason; at 0 those that would do. */
  readonly counts: Uint32Array;
  /** Whether only so much is known: there may be more that lack something than counted. */
  readonly atLeast: boolean;
}

/** How many hosts a survey names: the chosen one, and the next best. */
export const NAMED = 4;

/** How far a row is from the first one to look at, going round at the end. */
export function distance(row: number, start: number, rows: number): number {
  return row >= start ? row - start : row - start + rows;
}
