import type { Random } from '@godwit/base';
import type { Decision } from './decision.ts';
import { explainRefusal } from './explain/explain-refusal.ts';
import type { WhyRefused } from './explain/why-refused.ts';
import { type Policy, partsOf } from './policy.ts';
import { REASON_COUNT } from './reason.ts';
import { withoutDevices } from './request/common.ts';
import type { MachineRequest } from './request/machine-request.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { merged, POINTS, type Question, questionOf, rankingsOf, type Survey, scan } from './survey/index.ts';

/** A machine that has got a host. */
export interface Placement {
  readonly request: MachineRequest;
  readonly host: string;
  readonly decision: Decision;
}

/** A machine that no host will do for. `counts[reason]` hosts were turned down for that reason first. */
export interface Refusal {
  readonly request: MachineRequest;
  readonly hosts: number;
  readonly counts: Uint32Array;
}

export interface PlaceResult {
  readonly placements: readonly Placement[];
  readonly refusals: readonly Refusal[];
}

export interface GroupResult extends PlaceResult {
  /** For how many there are hosts, whether that is enough or not. */
  readonly possible: number;
  /** Why there is none for the next of them, once those are placed; where not enough are. */
  readonly why?: WhyRefused;
}

/**
 * How hosts are looked at: `remembering` answers to questions that come again, or `asking-all` every time, which
 * is what the former is measured by.
 */
export type Looking = 'remembering' | 'asking-all';

/**
 * Chooses a host for each machine: more important ones first, else in the order given. Each placement counts
 * for the next, and stays in `snapshot`; when its binding fails, `snapshot.remove(uid)` takes it back. Equal
 * hosts are told apart by `random`, so the same question with the same seed has the same answer.
 */
export function place(
  snapshot: Snapshot,
  requests: readonly MachineRequest[],
  policy: Policy,
  random: Random,
  looking: Looking = 'remembering',
): PlaceResult {
  const placements: Placement[] = [];
  const refusals: Refusal[] = [];
  for (const request of byPriority(requests)) {
    snapshot.usual.learn(request);
    const surveys = partsOf(policy).map((part) => surveyHosts(questionOf(snapshot, request, part), random, looking));
    const { survey, from } = merged(surveys);
    const best = survey.best[0];
    const host = best && snapshot.hosts[best.row];
    if (!host) {
      refusals.push({ request, hosts: snapshot.hostCount, counts: survey.counts });
      continue;
    }
    snapshot.put(withoutDevices(request), host.name);
    const gpus = snapshot.machines.get(request.uid)?.request.gpu?.devices;
    const decision = { ...decide(snapshot, survey, partsOf(policy)[from] ?? policy), ...(gpus && { gpus }) };
    placements.push({ request, host: host.name, decision });
  }
  return { placements, refusals };
}

/**
 * Places a group that is only of use together: at least `needed` of them get hosts, or none does. Refused as a
 * whole, all of its machines are among the refusals, and `snapshot` is as before.
 */
export function placeTogether(
  snapshot: Snapshot,
  requests: readonly MachineRequest[],
  needed: number,
  policy: Policy,
  random: Random,
): GroupResult {
  const result = place(snapshot, requests, policy, random);
  const possible = result.placements.length;
  if (possible >= needed) return { ...result, possible };
  const [next] = result.refusals;
  const why = next && explainRefusal(snapshot, next.request, policy);
  for (const { request } of result.placements) snapshot.remove(request.uid);
  const placed = result.placements.map(
    ({ request }): Refusal => ({ request, hosts: snapshot.hostCount, counts: new Uint32Array(REASON_COUNT) }),
  );
  return { placements: [], refusals: [...placed, ...result.refusals], possible, ...(why && { why }) };
}

function byPriority(requests: readonly MachineRequest[]): readonly MachineRequest[] {
  return requests.length === 1 ? requests : [...requests].sort((a, b) => b.priority - a.priority);
}

function surveyHosts(question: Question, random: Random, looking: Looking): Survey {
  // Equal hosts take turns, beginning anywhere.
  const start = random.integer(Math.max(1, question.snapshot.rowCount));
  return looking === 'asking-all' ? scan(question, start) : rankingsOf(question.snapshot).survey(question, start);
}

function decide(snapshot: Snapshot, { best, counts, atLeast }: Survey, policy: Policy): Decision {
  const named = best.map(({ row, points }): [string, number] => [
    snapshot.hosts[row]?.name ?? '',
    Math.round((points * 1000) / POINTS) / 1000,
  ]);
  const refused: [number, number][] = [];
  for (let reason = 1; reason < counts.length; reason++) {
    const count = counts[reason] ?? 0;
    if (count > 0) refused.push([reason, count]);
  }
  const [chosen, ...next] = named;
  return {
    v: 1,
    policy: policy.name,
    host: chosen?.[0] ?? '',
    score: chosen?.[1] ?? 0,
    of: snapshot.hostCount,
    ...(next.length > 0 && { next }),
    ...(refused.length > 0 && { no: refused }),
    ...(atLeast && { atLeast }),
  };
}
