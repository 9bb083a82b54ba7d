import { REASON_COUNT, reasons } from '../reason.ts';
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
  const { snapshot, keys } = question;
  const tests = prepareHostTests(question);
  const hostPoints = prepareHostPoints(question);
  const placePoints = preparePlacePoints(question);
  const topologies = keys.map((key) => snapshot.topology(key));
  const counts = new Uint32Array(REASON_COUNT);
  const best: Candidate[] = [];
  const places: (string | undefined)[] = [];
  for (let i = 0; i < snapshot.rowCount; i++) {
    const row = (start + i) % snapshot.rowCount;
    if (!snapshot.hosts[row]) continue;
    let reason = firstReason(tests, row);
    for (let key = 0; key < topologies.length; key++) places[key] = topologies[key]?.placeOf[row];
    if (reason === reasons.passes) reason = placeReason(question, places);
    counts[reason] = (counts[reason] ?? 0) + 1;
    if (reason !== reasons.passes) continue;
    const points = hostPoints(row) + placePoints(places);
    if (best.length < NAMED || points > (best[NAMED - 1] as Candidate).points) insert(best, { row, points });
  }
  return { best, counts, atLeast: false };
}

/** Puts a candidate behind those with as many points or more. */
export function insert(best: Candidate[], candidate: Candidate): void {
  let at = best.length;
  while (at > 0 && (best[at - 1] as Candidate).points < candidate.points) at--;
  best.splice(at, 0, candidate);
  if (best.length > NAMED) best.length = NAMED;
}
