/**
 * The planner alone, on one core: how many machines it gives a host in a second, with all that a decision says.
 * Counts of machines that are there before and that are measured are those of kube-scheduler's scheduler_perf.
 */
import { SeededRandom } from '@godwit/base';
import { type MachineRequest, type Policy, packPolicy, place, Snapshot, spreadPolicy } from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { quantile } from './support/statistics.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const GIB = 2 ** 30;

export const bench: Bench = async function* ({ say }) {
  for (const workload of workloads) {
    say(`planner: ${workload.what}`);
    yield upstream(workload);
  }
  for (const policy of [spreadPolicy, packPolicy]) yield* large(policy, say);
};

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

function snapshotOf(hosts: number): Snapshot {
  const snapshot = new Snapshot();
  for (let i = 0; i < hosts; i++) {
    const name = `host-${i}`;
    snapshot.setHost({
      name,
      labels: { [HOSTNAME]: name, [ZONE]: `zone-${i % 3}` },
      taints: [],
      ready: true,
      schedulable: true,
      capacity: { cpu: 4000, memory: 32 * GIB, pods: 110 },
    });
  }
  return snapshot;
}

/** As scheduler_perf's pods: a tenth of a core, 500 MB; 4 cores, 32 GiB and 110 pods a host. */
function machine(index: number, over: Partial<MachineRequest> = {}): MachineRequest {
  const name = `machine-${index}`;
  return {
    uid: name,
    kind: 'Pod',
    namespace: 'default',
    name,
    labels: { color: 'green' },
    amounts: { cpu: 100, memory: 500 * 10 ** 6, pods: 1 },
    ports: [],
    finished: false,
    priority: 0,
    nodeSelector: undefined,
    affinity: undefined,
    tolerations: [],
    spread: [],
    volumes: [],
    ...over,
  };
}

/** The median rate of several runs, each on hosts of its own. */
function upstream({ what, before, measured, goal, upstream: peerValue, over }: Workload): BenchRow {
  const rates = Array.from({ length: 5 }, (_, run) => {
    const snapshot = snapshotOf(5000);
    const random = new SeededRandom(run);
    for (let i = 0; i < before; i++) place(snapshot, [machine(i, over)], spreadPolicy, random);
    const requests = Array.from({ length: measured }, (_each, i) => machine(before + i, over));
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

/** Flavours as clouds sell them, small ones more often. */
const FLAVOURS = [1, 1, 1, 1, 2, 2, 2, 4, 4, 8].flatMap((cores) =>
  [2, 4, 8].map((gib) => ({ cpu: cores * 250, memory: cores * gib * (GIB / 4), pods: 1 })),
);

type Stream = (random: SeededRandom, index: number) => MachineRequest;

const streams: readonly (readonly [string, Stream])[] = [
  ['flavours', (random, i) => machine(i, { amounts: FLAVOURS[random.integer(FLAVOURS.length)] ?? {} })],
  [
    'no two alike',
    (random, i) => {
      const cpu = 50 + random.integer(1950);
      return machine(i, { amounts: { cpu, memory: Math.round(cpu * (1 + 7 * random.next()) * 2 ** 20), pods: 1 } });
    },
  ],
];

async function* large(policy: Policy, say: (line: string) => void): AsyncGenerator<BenchRow> {
  for (const [what, stream] of streams) {
    say(`planner: 100,000 hosts, ${what}, policy ${policy.name}`);
    const snapshot = snapshotOf(100_000);
    const random = new SeededRandom(1);
    const requests = Array.from({ length: 40_000 }, (_, i) => stream(random, i));
    const times: number[] = [];
    const startedMs = performance.now();
    for (const request of requests) {
      const beganMs = performance.now();
      place(snapshot, [request], policy, random);
      times.push(performance.now() - beganMs);
    }
    const rate = (requests.length * 1000) / (performance.now() - startedMs);
    const about = `100,000 hosts, ${what}, ${policy.name}`;
    yield row(about, rate, '/s', 20_000, rate >= 20_000);
    const p99Ms = quantile(times, 0.99);
    yield { ...row(`${about}: p99 of one decision`, p99Ms, 'ms', 1, p99Ms <= 1), goal: '<= 1' };
    yield scoresBesideScan(about, snapshot, policy, (i) => stream(random, requests.length + i));
  }
  for (const [what, stream] of streams) yield* besideFullScan(what, stream, policy, say);
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
  what: string,
  stream: Stream,
  policy: Policy,
  say: (line: string) => void,
): AsyncGenerator<BenchRow> {
  say(`planner: beside a full scan, ${what}, policy ${policy.name}`);
  const random = new SeededRandom(2);
  const requests = Array.from({ length: SCANNED_HOSTS * 3 }, (_, i) => stream(random, i));
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
