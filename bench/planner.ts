/**
 * The planner alone, on one core: how many machines it gives a host in a second, with all that a decision says.
 * Counts of machines that are there before and that are measured are those of kube-scheduler's scheduler_perf.
 */
import { SeededRandom } from '@godwit/base';
import {
  explainRefusal,
  type Host,
  type MachineRequest,
  type Policy,
  packPolicy,
  place,
  type Snapshot,
  spreadPolicy,
} from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { exampleMachine, GIB, HOSTNAME, snapshotOf, ZONE } from './support/planner/example-cluster.ts';
import { plainStreams, type Stream, variedStreams } from './support/planner/streams.ts';
import { quantile } from './support/statistics.ts';

export const bench: Bench = async function* ({ say }) {
  for (const workload of workloads) {
    say(`planner: ${workload.what}`);
    yield upstream(workload);
  }
  for (const policy of [spreadPolicy, packPolicy]) {
    for (const stream of plainStreams) yield* large(stream, policy, PLAIN_GOAL, say);
    for (const stream of plainStreams) yield* besideFullScan(stream, policy, say);
    for (const stream of variedStreams) yield* large(stream, policy, VARIED_GOAL, say);
  }
  yield* refusals(say);
};

/** Placements a second among 100,000 hosts: of machines that differ in size, and of those that ask for more. */
const PLAIN_GOAL = 20_000;
const VARIED_GOAL = 5000;

interface Workload {
  readonly what: string;
  readonly before: number;
  readonly measured: number;
  readonly goal: number;
  /** Placements a second below which kube-scheduler's own tests fail. */
  readonly upstream: number;
  readonly over: Partial<MachineRequest>;
}

const green = { labelSelector: { matchLabels: { color: 'green' } } };
const workloads: readonly Workload[] = [
  { what: 'plain', before: 1000, measured: 10_000, goal: 40_000, upstream: 680, over: {} },
  {
    what: 'required zone affinity',
    before: 5000,
    measured: 5000,
    goal: 10_000,
    upstream: 35,
    over: affinityTo('podAffinity', ZONE),
  },
  {
    what: 'required anti-affinity, one a host',
    before: 1000,
    measured: 2000,
    goal: 10_000,
    upstream: 60,
    over: affinityTo('podAntiAffinity', HOSTNAME),
  },
  {
    what: 'topology spread over 3 zones',
    before: 5000,
    measured: 5000,
    goal: 10_000,
    upstream: 460,
    over: { spread: [{ ...green, topologyKey: ZONE, maxSkew: 5, whenUnsatisfiable: 'DoNotSchedule' }] },
  },
];

function affinityTo(kind: 'podAffinity' | 'podAntiAffinity', topologyKey: string): Partial<MachineRequest> {
  return { affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...green, topologyKey }] } } };
}

/** The median rate of several runs, each on hosts of its own. */
function upstream({ what, before, measured, goal, upstream: peerValue, over }: Workload): BenchRow {
  const rates = Array.from({ length: 5 }, (_, run) => {
    const snapshot = snapshotOf(5000);
    const random = new SeededRandom(run);
    for (let i = 0; i < before; i++) place(snapshot, [exampleMachine(i, over)], spreadPolicy, random);
    const requests = Array.from({ length: measured }, (_each, i) => exampleMachine(before + i, over));
    const startedMs = performance.now();
    let written = 0;
    for (const request of requests) {
      const [placement] = place(snapshot, [request], spreadPolicy, random).placements;
      // The reasons are part of the work: they are written with every binding.
      written += JSON.stringify(placement?.decision).length;
    }
    if (written === 0) throw new Error('nothing was decided');
    return (measured * 1000) / (performance.now() - startedMs);
  });
  const value = quantile(rates, 0.5);
  return {
    bench: 'planner',
    what: `5,000 hosts, ${what}, ${before} → ${before + measured}`,
    value,
    unit: '/s',
    goal: `>= ${goal}`,
    peer: 'kube-scheduler, its CI floor',
    peerValue,
    ratio: value / peerValue,
    holds: value >= goal,
  };
}

async function* large(
  { what, host, machine: next, goes = 0 }: Stream,
  policy: Policy,
  goal: number,
  say: (line: string) => void,
): AsyncGenerator<BenchRow> {
  const about = `100,000 hosts, ${what}, ${policy.name}`;
  say(`planner: ${about}`);
  const snapshot = snapshotOf(100_000, host);
  const random = new SeededRandom(1);
  const requests = Array.from({ length: 40_000 }, (_, i) => next(random, i));
  const times: number[] = [];
  const startedMs = performance.now();
  for (const request of requests) {
    const beganMs = performance.now();
    place(snapshot, [request], policy, random);
    times.push(performance.now() - beganMs);
    if (goes > 0 && random.integer(100) < goes) snapshot.remove(requests[random.integer(times.length)]?.uid ?? '');
  }
  const rate = (requests.length * 1000) / (performance.now() - startedMs);
  yield row(about, rate, '/s', goal, rate >= goal);
  const p99Ms = quantile(times, 0.99);
  const mostMs = goal === PLAIN_GOAL ? 1 : 3;
  yield { ...row(`${about}: p99 of one decision`, p99Ms, 'ms', mostMs, p99Ms <= mostMs), goal: `<= ${mostMs}` };
  yield scoresBesideScan(about, snapshot, policy, (i) => next(random, requests.length + i));
}

/** Each further machine is placed twice: by asking every host, taken back, and as shipped. */
function scoresBesideScan(
  about: string,
  snapshot: Snapshot,
  policy: Policy,
  next: (index: number) => MachineRequest,
): BenchRow {
  let ours = 0;
  let full = 0;
  for (let i = 0; i < 100; i++) {
    const request = next(i);
    full += scoreOf(place(snapshot, [request], policy, new SeededRandom(i), 'asking-all'));
    snapshot.remove(request.uid);
    ours += scoreOf(place(snapshot, [request], policy, new SeededRandom(i)));
  }
  return {
    bench: 'planner',
    what: `${about}: score beside a full scan, 100 more`,
    value: ours / 100,
    unit: '',
    goal: 'within 1 %',
    peer: 'full scan',
    peerValue: full / 100,
    ratio: ours / full,
    holds: Math.abs(ours / full - 1) <= 0.01,
  };
}

const scoreOf = ({ placements }: ReturnType<typeof place>) => placements[0]?.decision.score ?? 0;

function row(what: string, value: number, unit: string, goal: number, holds: boolean): BenchRow {
  return { bench: 'planner', what, value, unit, goal: `>= ${goal}`, holds };
}

const SCANNED_HOSTS = 2000;

/** The same stream to the shipped planner and to one that asks every host every time: used hosts and mean score. */
async function* besideFullScan(
  { what, machine: next }: Stream,
  policy: Policy,
  say: (line: string) => void,
): AsyncGenerator<BenchRow> {
  say(`planner: beside a full scan, ${what}, policy ${policy.name}`);
  const random = new SeededRandom(2);
  const requests = Array.from({ length: SCANNED_HOSTS * 3 }, (_, i) => next(random, i));
  const mine = outcome(requests, policy, 'remembering');
  const theirs = outcome(requests, policy, 'asking-all');
  for (const [name, a, b] of [
    ['hosts used', mine.used, theirs.used],
    ['machines placed', mine.placed, theirs.placed],
    ['mean score', mine.score, theirs.score],
  ] as const) {
    const off = Math.abs(a / b - 1) * 100;
    yield {
      bench: 'planner',
      what: `${what}, ${policy.name}: ${name} beside a full scan (${SCANNED_HOSTS} hosts)`,
      value: a,
      unit: '',
      goal: 'within 1 %',
      peer: 'full scan',
      peerValue: b,
      ratio: a / b,
      holds: off <= 1,
    };
  }
}

function outcome(requests: readonly MachineRequest[], policy: Policy, looking: 'remembering' | 'asking-all') {
  const snapshot = snapshotOf(SCANNED_HOSTS);
  const random = new SeededRandom(3);
  let score = 0;
  let placed = 0;
  for (const request of requests) {
    for (const { decision } of place(snapshot, [request], policy, random, looking).placements) {
      placed++;
      score += decision.score;
    }
  }
  const { used } = snapshot.columns('cpu');
  return { used: used.values.filter((each) => each > 0).length, placed, score: score / placed };
}

/** Machines that fit nowhere ask again and again, each time after something has changed: it is said why every time. */
async function* refusals(say: (line: string) => void): AsyncGenerator<BenchRow> {
  const rooms = (index: number): Partial<Host> => ({
    taints: [{ key: 'room', value: String(index % 20), effect: 'NoSchedule' }],
  });
  const huge = (i: number) => ({ amounts: { cpu: 4000, memory: 40 * GIB + i, pods: 1 } });
  const cases = [
    { hosts: 5000, what: 'too large', over: huge, goalMs: 3 },
    { hosts: 5000, what: 'kept off by 20 taints', host: rooms, over: () => ({}), goalMs: 3 },
    { hosts: 100_000, what: 'too large', over: huge, goalMs: 50 },
  ];
  for (const { hosts, what, host, over, goalMs } of cases) {
    const about = `${hosts.toLocaleString('en')} hosts, a machine that fits nowhere, ${what}`;
    say(`planner: ${about}`);
    const { refusedMs, explainedMs } = refuse(snapshotOf(hosts, host), over);
    yield { ...row(`${about}: refused in`, refusedMs, 'ms', 1, refusedMs <= 1), goal: '<= 1' };
    const told = row(`${about}: refused and told why`, explainedMs, 'ms', goalMs, explainedMs <= goalMs);
    yield { ...told, goal: `<= ${goalMs}` };
  }
}

/** Medians of 500 refusals, each after another machine has been placed. */
function refuse(
  snapshot: Snapshot,
  over: (index: number) => Partial<MachineRequest>,
): { readonly refusedMs: number; readonly explainedMs: number } {
  const random = new SeededRandom(1);
  const refused: number[] = [];
  const explained: number[] = [];
  for (let i = 0; i < 500; i++) {
    place(snapshot, [exampleMachine(i, { tolerations: [{ operator: 'Exists' }] })], spreadPolicy, random);
    const request = exampleMachine(1_000_000 + (i % 50), over(i % 50));
    const beganMs = performance.now();
    place(snapshot, [request], spreadPolicy, random);
    refused.push(performance.now() - beganMs);
    explainRefusal(snapshot, request, spreadPolicy);
    explained.push(performance.now() - beganMs);
  }
  return { refusedMs: quantile(refused, 0.5), explainedMs: quantile(explained, 0.5) };
}
