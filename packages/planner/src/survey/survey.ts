import { REASON_COUNT, reasons } from '../reason.ts';

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

/**
 * Surveys of hosts of several policies as one, and which of them has the best host. Points count as they are: each
 * host is judged by its own policy.
 */
export function merged(surveys: readonly Survey[]): { readonly survey: Survey; readonly from: number } {
  const [only] = surveys;
  if (only && surveys.length === 1) return { survey: only, from: 0 };
  const counts = new Uint32Array(REASON_COUNT);
  const candidates = surveys.flatMap(({ best }, from) => best.map((candidate) => ({ candidate, from })));
  candidates.sort((a, b) => b.candidate.points - a.candidate.points);
  for (const survey of surveys)
    survey.counts.forEach((count, reason) => (counts[reason] = (counts[reason] ?? 0) + count));
  // It was asked about by its own policy, too.
  counts[reasons.hasOtherPolicy] = 0;
  const best = candidates.slice(0, NAMED).map(({ candidate }) => candidate);
  return { survey: { best, counts, atLeast: surveys.some(({ atLeast }) => atLeast) }, from: candidates[0]?.from ?? 0 };
}

/** How far a row is from the first one to look at, going round at the end. */
export function distance(row: number, start: number, rows: number): number {
  return row >= start ? row - start : row - start + rows;
}
