import { SeededRandom } from '@godwit/base';
import type { Policy } from './data-centre.ts';

/** One experiment like the published ones, but for something. */
export interface Variation {
  readonly what: string;
  readonly demands: readonly Float64Array[];
  readonly servers: number;
  /** Whether samples are missing now and then. */
  readonly holes?: boolean;
}

/** The published day is varied in what nobody should depend on; other traces are taken as they are. */
export function variationsOf(
  days: ReadonlyMap<string, readonly Float64Array[]>,
  others: readonly Float64Array[],
): readonly Variation[] {
  const [[day, demands] = ['', []]] = days;
  const shuffled = (seed: number) => demands.toSorted(byChance(seed));
  return [
    { what: `${day}, machines shuffled (1)`, demands: shuffled(1), servers: 800 },
    { what: `${day}, machines shuffled (2)`, demands: shuffled(2), servers: 800 },
    { what: `${day}, half of it on 400 hosts`, demands: shuffled(3).slice(0, demands.length / 2), servers: 400 },
    { what: `${day}, with holes of ten minutes`, demands, servers: 800, holes: true },
    { what: 'bitbrains, twenty days of fifty machines as one', demands: others, servers: 800 },
  ];
}

function byChance(seed: number): (a: Float64Array, b: Float64Array) => number {
  const random = new SeededRandom(seed);
  const places = new Map<Float64Array, number>();
  const placeOf = (demand: Float64Array) => {
    const place = places.get(demand) ?? random.next();
    places.set(demand, place);
    return place;
  };
  return (a, b) => placeOf(a) - placeOf(b);
}

/** How likely a machine falls silent at a step, and for how many steps. */
const SILENCE = 0.05;
const SILENT_STEPS = 2;

/** The policy as it sees things when samples are missing: what was heard last is taken to be so still. */
export function withHoles(policy: Policy, guests: number): Policy {
  const random = new SeededRandom(7);
  const silentUntil = new Int32Array(guests);
  const heard = new Float64Array(guests);
  return (view) => {
    for (let guest = 0; guest < guests; guest++) {
      if (view.step < (silentUntil[guest] as number)) continue;
      if (view.step > 1 && random.next() < SILENCE) silentUntil[guest] = view.step + SILENT_STEPS;
      else heard[guest] = view.wanted(guest);
    }
    return policy({ ...view, wanted: (guest) => heard[guest] as number });
  };
}
