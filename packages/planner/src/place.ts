import type { Random } from '@godwit/base';
import type { Decision } from './decision.ts';
import { filters, type HostTest } from './filters/index.ts';
import type { Policy } from './policy.ts';
import { REASON_COUNT, reasons } from './reason.ts';
import type { MachineRequest } from './request/machine-request.ts';
import { type HostScore, scores } from './scores/index.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

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

/** How many hosts beside the chosen one a decision remembers. */
const RUNNERS_UP = 3;

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
): PlaceResult {
  const placements: Placement[] = [];
  const refusals: Refusal[] = [];
  for (const request of [...requests].sort((a, b) => b.priority - a.priority)) {
    const survey = surveyHosts(snapshot, request, policy, random);
    const best = survey.best[0];
    const host = best && snapshot.hosts[best.row];
    if (!host) {
      refusals.push({ request, hosts: snapshot.hostCount, counts: survey.counts });
      continue;
    }
    snapshot.put(request, host.name);
    placements.push({ request, host: host.name, decision: decide(snapshot, survey, policy) });
  }
  return { placements, refusals };
}

interface Survey {
  /** The best hosts, best first. */
  readonly best: readonly { readonly row: number; readonly score: number }[];
  readonly counts: Uint32Array;
}

/** One walk over all hosts: filters first, then the score of those that pass. */
function surveyHosts(snapshot: Snapshot, request: MachineRequest, policy: Policy, random: Random): Survey {
  const tests = prepareTests(snapshot, request);
  const grade = prepareGrade(snapshot, request, policy);
  const counts = new Uint32Array(REASON_COUNT);
  const best: { row: number; score: number }[] = [];
  let equals = 0;
  for (let row = 0; row < snapshot.rowCount; row++) {
    if (!snapshot.hosts[row]) continue;
    const reason = firstReason(tests, row);
    counts[reason] = (counts[reason] ?? 0) + 1;
    if (reason !== reasons.passes) continue;
    const score = grade(row);
    const top = best[0];
    if (!top || score > top.score) {
      equals = 1;
      best.unshift({ row, score });
    } else if (score === top.score && random.integer(++equals) === 0) {
      // Each of n equal hosts ends up on top with a chance of one in n.
      best.unshift({ row, score });
    } else if (best.length <= RUNNERS_UP || score > (best[best.length - 1]?.score ?? 0)) {
      insert(best, row, score);
    }
    if (best.length > RUNNERS_UP + 1) best.length = RUNNERS_UP + 1;
  }
  return { best, counts };
}

function insert(best: { row: number; score: number }[], row: number, score: number): void {
  let at = best.length;
  while (at > 1 && (best[at - 1]?.score ?? 0) < score) at--;
  best.splice(at, 0, { row, score });
}

/** The questions that arise for a machine, ready to be asked about every host. */
export function prepareTests(snapshot: Snapshot, request: MachineRequest): readonly HostTest[] {
  const tests: HostTest[] = [];
  for (const filter of filters) {
    const test = filter.prepare(request, snapshot);
    if (test) tests.push(test);
  }
  return tests;
}

function firstReason(tests: readonly HostTest[], row: number): number {
  // Walked for every host: an index is cheaper than an iterator.
  for (let i = 0; i < tests.length; i++) {
    const reason = (tests[i] as HostTest)(row);
    if (reason !== reasons.passes) return reason;
  }
  return reasons.passes;
}

/** The weighted mean of all scores, from 0 to 1. */
function prepareGrade(snapshot: Snapshot, request: MachineRequest, policy: Policy): HostScore {
  const weights: number[] = [];
  const questions: HostScore[] = [];
  let total = 0;
  for (const question of scores) {
    const weight = policy.weights[question.weight];
    const score = weight > 0 ? question.prepare(request, snapshot) : undefined;
    if (!score) continue;
    weights.push(weight);
    questions.push(score);
    total += weight;
  }
  return (row) => {
    let sum = 0;
    for (let i = 0; i < questions.length; i++) sum += (weights[i] as number) * (questions[i] as HostScore)(row);
    return total === 0 ? 0 : sum / total;
  };
}

function decide(snapshot: Snapshot, { best, counts }: Survey, policy: Policy): Decision {
  const named = best.map(({ row, score }): [string, number] => [
    snapshot.hosts[row]?.name ?? '',
    Math.round(score * 1000) / 1000,
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
  };
}
