/**
 * How closely supply follows demand: the predictive scaler as it ships beside the rule of Kubernetes' autoscaler,
 * on the same loads with the same instances (2 minutes to start): `./godwit bench elasticity --traces FOLDER`.
 * The only thing that is chosen is the margin, so that as much demand is missed as the reference misses.
 */
import { PredictiveScaler } from '@godwit/planner';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import {
  demandOf,
  type Elasticity,
  elasticityOf,
  horizontalRule,
  type Load,
  nasa,
  START_MINUTES,
  supplyBy,
  worldCup,
} from './support/elasticity/index.ts';

const MINUTE_MS = 60_000;
/** Margins that are tried, in usual errors of the forecast. */
const MARGINS = { low: -0.5, high: 8, halvings: 12 };
/** What ElasticPolicies have where nothing is said. */
const DEFAULT_MARGIN = 2;

export const bench: Bench = async function* ({ say, traces }) {
  const loads = [
    { load: worldCup(traces, '1998-06-08', '1998-07-06'), most: 9 },
    { load: nasa(traces, 'july'), most: 18 },
  ];
  for (const { load, most } of loads) {
    say(`${load.name}: ${load.requests.length} minutes`);
    yield* compare(load, most);
  }
  for (const load of otherLoads(traces)) {
    say(`${load.name}: ${load.requests.length} minutes`);
    yield* compareOnly(load);
  }
};

/** Other days of the same sites: nothing is chosen by the spans above. */
function otherLoads(traces: string | undefined): readonly Load[] {
  const july = nasa(traces, 'july');
  const half = Math.floor(july.requests.length / 2);
  return [
    worldCup(traces, '1998-05-04', '1998-06-01'),
    worldCup(traces, '1998-05-11', '1998-06-08'),
    worldCup(traces, '1998-06-01', '1998-06-15'),
    worldCup(traces, '1998-06-15', '1998-06-29'),
    worldCup(traces, '1998-07-06', '1998-07-26'),
    { name: 'NASA, first half of July', requests: july.requests.slice(0, half) },
    { name: 'NASA, second half of July', requests: july.requests.slice(half) },
    nasa(traces, 'august'),
  ];
}

/** The reference at both of its targets, and ours with as much demand missed. */
function* compareOnly(load: Load): Iterable<BenchRow> {
  const { demand, capacity } = demandOf(load.requests);
  const ours = (margin: number) => elasticityOf(demand, supplyBy(predictive(capacity, margin), load.requests));
  for (const target of [0.9, 0.7]) {
    const peer = elasticityOf(demand, supplyBy(horizontalRule(capacity, target), load.requests));
    const level = `HPA ${target}'s`;
    yield row(load, level, reaching(peer.under, ours), peer, { value: peer.over, goal: `<= ${level}` });
  }
}

function* compare(load: Load, most: number): Iterable<BenchRow> {
  const { demand, capacity } = demandOf(load.requests);
  const rule = (target: number) => elasticityOf(demand, supplyBy(horizontalRule(capacity, target), load.requests));
  const [tight, roomy] = [rule(0.9), rule(0.7)];
  const ours = (margin: number) => elasticityOf(demand, supplyBy(predictive(capacity, margin), load.requests));
  const atTight = reaching(tight.under, ours);
  yield row(load, "HPA 0.9's", atTight, tight, { value: most, goal: `<= ${most}` });
  const atRoomy = reaching(roomy.under, ours);
  const share = 0.8 * roomy.over;
  yield row(load, "HPA 0.7's", atRoomy, roomy, { value: share, goal: `<= 0.8 x HPA 0.7's` });
  const usual = ours(DEFAULT_MARGIN);
  const what = `${load.name}, margin ${DEFAULT_MARGIN} as shipped`;
  yield noted(`${what}: θ_U`, usual.under);
  yield noted(`${what}: θ_O`, usual.over);
}

function predictive(capacity: number, margin: number) {
  const scaler = new PredictiveScaler({
    target: capacity,
    margin,
    startMs: START_MINUTES * MINUTE_MS,
    stepMs: MINUTE_MS,
  });
  return (minute: number, load: number) => Math.max(1, scaler.observe(load, minute * MINUTE_MS).replicas);
}

interface Reached {
  readonly margin: number;
  readonly found: Elasticity;
}

/** The least margin with which no more demand is missed than `under`. */
function reaching(under: number, measure: (margin: number) => Elasticity): Reached {
  let { low, high } = MARGINS;
  for (let i = 0; i < MARGINS.halvings; i++) {
    const middle = (low + high) / 2;
    if (measure(middle).under > under) low = middle;
    else high = middle;
  }
  return { margin: high, found: measure(high) };
}

function row(
  { name }: Load,
  level: string,
  { margin, found }: Reached,
  peer: Elasticity,
  bound: { readonly value: number; readonly goal: string },
): BenchRow {
  return {
    bench: 'elasticity',
    what: `${name}: θ_O at ${level} θ_U (${peer.under.toPrecision(3)}, ours ${found.under.toPrecision(3)}, margin ${margin.toFixed(2)})`,
    value: found.over,
    unit: '%',
    goal: bound.goal,
    peer: `peer: ${level.replace("'s", '')}, the same run`,
    peerValue: peer.over,
    ratio: found.over / peer.over,
    holds: found.under <= peer.under && found.over <= bound.value,
  };
}

function noted(what: string, value: number): BenchRow {
  return { bench: 'elasticity', what, value, unit: '%', goal: '-', holds: true };
}
