import { REASON_COUNT, reasons } from '../reason.ts';
import type { NamedRows } from './named-rows.ts';
import {
  firstReason,
  placeReason,
  prepareHostPoints,
  prepareHostTests,
  preparePlacePoints,
  type Question,
} from './question.ts';
import { type Candidate, NAMED, type Survey } from './survey.ts';

/**
 * Looks at every host. This is what a survey means: everything else must come to the same, only faster. Of hosts
 * with as many points the first from row `start` on is the best.
 */
export function scan(question: Question, start: number): Survey {
  const { rowCount } = question.snapshot;
  const counts = new Uint32Array(REASON_COUNT);
  const best: Candidate[] = [];
  const look = closely(question, best, counts);
  for (let i = 0; i < rowCount; i++) look((start + i) % rowCount);
  return { best, counts, atLeast: false };
}

/** Looks only at hosts that the question names; the others will not do, for the reason given. */
export function scanNamed(question: Question, { rows, reason }: NamedRows, start: number): Survey {
  const { snapshot } = question;
  const counts = new Uint32Array(REASON_COUNT);
  const best: Candidate[] = [];
  const look = closely(question, best, counts);
  const first = Math.max(
    0,
    rows.findIndex((row) => row >= start),
  );
  for (let i = 0; i < rows.length; i++) look(rows[(first + i) % rows.length] as number);
  counts[reason] = (counts[reason] ?? 0) + snapshot.hostCount - rows.length;
  return { best, counts, atLeast: true };
}

/** Asks a host everything: counts why it will not do, or puts it among the best. */
function closely(question: Question, best: Candidate[], counts: Uint32Array): (row: number) => void {
  const { snapshot, keys } = question;
  const tests = prepareHostTests(question);
  const hostPoints = prepareHostPoints(question);
  const placePoints = preparePlacePoints(question);
  const topologies = keys.map((key) => snapshot.topology(key));
  const places: (string | undefined)[] = [];
  return (row) => {
    if (!snapshot.hosts[row]) return;
    let reason = firstReason(tests, row);
    for (let key = 0; key < topologies.length; key++) places[key] = topologies[key]?.placeOf[row];
    if (reason === reasons.passes) reason = placeReason(question, places);
    counts[reason] = (counts[reason] ?? 0) + 1;
    if (reason !== reasons.passes) return;
    const points = hostPoints(row) + placePoints(places);
    if (best.length < NAMED || points > (best[NAMED - 1] as Candidate).points) insert(best, { row, points });
  };
}

/** Puts a candidate behind those with as many points or more. */
export function insert(best: Candidate[], candidate: Candidate): void {
  let at = best.length;
  while (at > 0 && (best[at - 1] as Candidate).points < candidate.points) at--;
  best.splice(at, 0, candidate);
  if (best.length > NAMED) best.length = NAMED;
}
