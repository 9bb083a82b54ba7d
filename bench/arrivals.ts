/**
 * Machines that come and go: arrivals of Azure's trace of 2017 on hosts of 64 cores and 256 GiB, and how many
 * host-hours it takes to run them. The trace says which flavours came in which five minutes and which of them
 * were ordered together; it does not say how long they lived. Lifetimes are drawn, with a seed, in the shape that
 * was published for that cloud (Cortez et al., SOSP'17): nine of ten orders live shortly, around 25 minutes; one
 * of ten around a day; machines of one order live about as long. The planner is told nothing of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SeededRandom } from '@godwit/base';
import { type MachineRequest, type Policy, packPolicy, place, Snapshot } from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { exampleMachine } from './support/planner/example-cluster.ts';
import { traceFolder } from './support/traces.ts';

const GIB = 2 ** 30;
const HOST = { cores: 64, memoryGib: 256, count: 3000 };
const SEEDS = [1, 2, 3];
/** Medians in seconds, and how widely lifetimes scatter around them (standard deviation of the logarithm). */
const SHORT = { share: 0.9, median: 25 * 60, scatter: 1.3 };
const LONG = { median: 86_400, scatter: 1 };
const WITHIN_ORDER = 0.3;
const SHORTEST = 300;

/** The textbook's: of the hosts with room the one that is fullest afterwards, in processors and memory alike. */
const bestFit: Policy = {
  ...packPolicy,
  name: 'best fit',
  weights: { ...packPolicy.weights, keepsBalance: 0, joinsElders: 0, avoidsTaints: 0 },
};

export const bench: Bench = async function* ({ traces, say }) {
  const orders = readOrders(traceFolder(traces, 'azure-v1'));
  const machines = orders.reduce((sum, { flavours }) => sum + flavours.length, 0);
  const ours: Outcome[] = [];
  const theirs: Outcome[] = [];
  for (const seed of SEEDS) {
    say(`arrivals: ${machines} machines, lifetimes of seed ${seed}`);
    const arrivals = arrivalsOf(orders, seed);
    ours.push(replay(arrivals, packPolicy));
    theirs.push(replay(arrivals, bestFit));
  }
  const hours = (outcomes: readonly Outcome[]) =>
    outcomes.reduce((sum, each) => sum + each.hostHours, 0) / SEEDS.length;
  const floor = hours(ours.map((each) => ({ ...each, hostHours: each.floor })));
  const [value, peerValue] = [hours(ours), hours(theirs)];
  const every = ours.every(({ hostHours }, i) => hostHours < (theirs[i]?.hostHours ?? 0));
  yield {
    bench: 'arrivals',
    what: `host-hours, policy pack (${Math.round(floor)} if all hosts were always full)`,
    value,
    unit: 'h',
    goal: '< best fit, for every seed',
    peer: 'best fit, same stream',
    peerValue,
    ratio: value / peerValue,
    holds: every,
  };
  const refused = ours.reduce((sum, each) => sum + each.refused, 0);
  yield { ...row('machines refused', refused, '', '0'), holds: refused === 0 };
  const rate = ours.reduce((sum, each) => sum + each.eventsPerSecond, 0) / SEEDS.length;
  yield { ...row('machines coming and going, 3,000 hosts', rate, '/s', '>= 20000'), holds: rate >= 20_000 };
};

const row = (what: string, value: number, unit: string, goal: string): Omit<BenchRow, 'holds'> => ({
  bench: 'arrivals',
  what,
  value,
  unit,
  goal,
});

interface Flavour {
  readonly cores: number;
  readonly memoryGib: number;
}

/** Machines that were ordered together. `at` in seconds from the beginning. */
interface Order {
  readonly at: number;
  readonly flavours: readonly Flavour[];
}

function readOrders(folder: string): readonly Order[] {
  const flavours = new Map<string, Flavour>();
  for (const line of readFileSync(join(folder, 'flav_map.txt'), 'utf8').trim().split('\n')) {
    const [size = '', letter = ''] = line.split(' ');
    const [cores = 0, memoryGib = 0] = size.split(',').map(Number);
    flavours.set(letter, { cores, memoryGib });
  }
  const lines = gunzipSync(readFileSync(join(folder, 'v1.dev.txt.gz')))
    .toString()
    .trim()
    .split('\n');
  const first = Number(lines[0]?.split(' ')[0]);
  return lines.flatMap((line) => {
    const [time, text = ''] = line.split(' ');
    return text.split('|').map((order) => ({
      at: Number(time) - first,
      flavours: order
        .split(',')
        .filter((letter) => letter !== '')
        .map((letter) => flavours.get(letter) ?? { cores: 1, memoryGib: 1 }),
    }));
  });
}

interface Arrival {
  readonly request: MachineRequest;
  readonly endsAt: number;
}

function arrivalsOf(orders: readonly Order[], seed: number): readonly Arrival[] {
  const random = new SeededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  let count = 0;
  return orders.flatMap(({ at, flavours }) => {
    const { median, scatter } = random.next() < SHORT.share ? SHORT : LONG;
    const life = median * Math.exp(scatter * normal());
    return flavours.map((flavour) => ({
      request: requestOf(count++, at, flavour),
      endsAt: at + Math.max(SHORTEST, life * Math.exp(WITHIN_ORDER * normal())),
    }));
  });
}

function requestOf(index: number, since: number, { cores, memoryGib }: Flavour): MachineRequest {
  const amounts = { cpu: cores * 1000, memory: memoryGib * GIB, pods: 1 };
  return exampleMachine(index, { kind: 'VirtualMachineInstance', labels: {}, amounts, since });
}

interface Outcome {
  readonly hostHours: number;
  /** Host-hours if no core of a running host were ever idle. */
  readonly floor: number;
  readonly refused: number;
  readonly eventsPerSecond: number;
}

function replay(arrivals: readonly Arrival[], policy: Policy): Outcome {
  const snapshot = new Snapshot();
  const capacity = { cpu: HOST.cores * 1000, memory: HOST.memoryGib * GIB, pods: HOST.cores };
  for (let i = 0; i < HOST.count; i++) {
    snapshot.setHost({ name: `host-${i}`, labels: {}, taints: [], ready: true, schedulable: true, capacity });
  }
  const random = new SeededRandom(7);
  const end = arrivals.at(-1)?.request.since ?? 0;
  const events = timeline(arrivals, end);
  const startedMs = performance.now();
  const running = new Uint32Array(HOST.count);
  let awake = 0;
  let before = 0;
  let hostSeconds = 0;
  let refused = 0;
  for (const { at, arrival, isEnd } of events) {
    hostSeconds += awake * (at - before);
    before = at;
    const { uid } = arrival.request;
    if (isEnd) {
      const row = snapshot.machines.get(uid)?.row;
      if (row === undefined) continue;
      snapshot.remove(uid);
      running[row] = (running[row] ?? 0) - 1;
      if (running[row] === 0) awake--;
      continue;
    }
    refused += place(snapshot, [arrival.request], policy, random).refusals.length;
    const row = snapshot.machines.get(uid)?.row;
    if (row === undefined) continue;
    if (running[row] === 0) awake++;
    running[row] = (running[row] ?? 0) + 1;
  }
  hostSeconds += awake * (end - before);
  const coreSeconds = arrivals.reduce(
    (sum, { request, endsAt }) =>
      sum + ((request.amounts.cpu ?? 0) / 1000) * (Math.min(end, endsAt) - (request.since ?? 0)),
    0,
  );
  return {
    hostHours: hostSeconds / 3600,
    floor: coreSeconds / HOST.cores / 3600,
    refused,
    eventsPerSecond: (events.length * 1000) / (performance.now() - startedMs),
  };
}

interface TimedEvent {
  readonly at: number;
  readonly arrival: Arrival;
  readonly isEnd: boolean;
}

/** All comings and goings up to the end, in order; who goes at a moment makes room for who comes. */
function timeline(arrivals: readonly Arrival[], end: number): readonly TimedEvent[] {
  const comings = arrivals.map((arrival) => ({ at: arrival.request.since ?? 0, arrival, isEnd: false }));
  const goings = arrivals
    .filter(({ endsAt }) => endsAt <= end)
    .map((arrival) => ({ at: arrival.endsAt, arrival, isEnd: true }));
  return [...goings, ...comings].sort((a, b) => a.at - b.at);
}
