import type { Plan, PlannedEvent, TraceFlaws } from '../plan/index.ts';
import type { Run } from '../run/index.ts';
import { type Unheard, unheardOf } from './unheard.ts';

export interface Report {
  readonly scenario: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly sampleMs: number;
  readonly hosts: number;
  readonly machines: number;
  readonly currency: string;
  readonly reserveHosts: number;
  /** What happened, in the order of its beginning. */
  readonly events: readonly ReportEvent[];
  /** Of traces that were not read as they stand. */
  readonly flaws: readonly TraceFlaws[];
  /** Of a cloud that was there: autoscalers by whose metrics nothing is scaled here. */
  readonly unheard?: readonly Unheard[];
  readonly runs: readonly Run[];
  /** The policy that is better, where several were tried, and what decided it. */
  readonly best?: { readonly policy: string; readonly by: Criterion };
}

/** Something that happened while machines ran. */
export type ReportEvent = Pick<PlannedEvent, 'atMs' | 'untilMs' | 'event'>;

/** What policies are told apart by, the weightiest first; differences too small to matter do not count. */
export type Criterion = 'unserved' | 'work' | 'reserve' | 'cost' | 'coreHours' | 'empty' | 'moves' | 'nothing';

const CRITERIA: readonly {
  readonly name: Criterion;
  readonly badness: (run: Run) => number;
  readonly margin: number;
}[] = [
  { name: 'unserved', badness: unservedOf, margin: 1e-3 },
  { name: 'work', badness: ({ availability, undone }) => 1 - availability + undone, margin: 1e-3 },
  {
    name: 'reserve',
    badness: ({ reserveLostMs, samples }) => reserveLostMs.length / Math.max(1, samples.length),
    margin: 0.01,
  },
  { name: 'cost', badness: ({ cost }) => cost, margin: 0.005 },
  { name: 'coreHours', badness: coreHoursOf, margin: 0.01 },
  { name: 'empty', badness: ({ emptyEnergy }) => -emptyEnergy, margin: 1 },
  { name: 'moves', badness: movesOf, margin: 0 },
];

/** Share of all demands that nobody served. */
function unservedOf({ elasticity }: Run): number {
  const needed = elasticity.reduce((sum, { neededCoreHours }) => sum + neededCoreHours, 0);
  const missing = elasticity.reduce((sum, { neededCoreHours, unserved }) => sum + neededCoreHours * unserved, 0);
  return needed > 0 ? missing / needed : 0;
}

/** What machines that follow a demand took. */
function coreHoursOf({ elasticity }: Run): number {
  return elasticity.reduce((sum, { coreHours }) => sum + coreHours, 0);
}

/** Machines that were interrupted or carried. */
function movesOf({ moves, carried, deeds }: Run): number {
  return moves + carried.machines + deeds.counts['pods moved'];
}

/** Differences that are judged as shares of the least. */
const RELATIVE: readonly Criterion[] = ['cost', 'coreHours'];

export function makeReport(plan: Plan, runs: readonly Run[]): Report {
  const best = bestOf(runs);
  return {
    scenario: plan.name,
    seed: plan.seed,
    durationMs: plan.durationMs,
    sampleMs: plan.sampleMs,
    hosts: plan.hosts.length,
    machines: plan.groups.reduce((sum, { count }) => sum + count, 0),
    currency: plan.currency,
    reserveHosts: plan.reserveHosts,
    events: plan.events.map(({ atMs, untilMs, event }) => ({ atMs, untilMs, event })),
    flaws: plan.flaws,
    ...(plan.known && { unheard: unheardOf(plan.known.objects) }),
    runs,
    ...(best && { best }),
  };
}

/** Of those that are as good as the best so far, the best by the next criterion. */
function bestOf(runs: readonly Run[]): Report['best'] {
  if (runs.length < 2) return undefined;
  let left = runs;
  let by: Criterion = 'nothing';
  for (const { name, badness, margin } of CRITERIA) {
    const least = Math.min(...left.map(badness));
    const allowed = RELATIVE.includes(name) ? least * (1 + margin) : least + margin;
    const better = left.filter((run) => badness(run) <= allowed);
    if (better.length < left.length) by = name;
    left = better;
    if (left.length === 1) break;
  }
  return { policy: left[0]?.policy ?? '', by };
}
