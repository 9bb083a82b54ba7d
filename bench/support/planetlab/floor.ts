import type { PowerCurve } from '@godwit/planner';
import { type Guest, type Server, STEP_SECONDS, STEPS } from './model.ts';

/**
 * Energy, in kWh, below which no plan can get, whatever it moves: at every step all load runs on as few servers as
 * memory allows (any number without memory), freely divided, and at the best watts that any mixture of loads on
 * servers of each type gives (the lower convex hull of its curve). Energy of a step is that of the two ends' mean.
 */
export function energyFloor(servers: readonly Server[], guests: readonly Guest[], memory: boolean): number {
  const types = [...new Set(servers.map(({ type }) => type))].map((type) => ({
    mips: type.cores * type.mips,
    watts: lowerHull(type.watts),
    count: servers.filter((server) => server.type === type).length,
  }));
  const memoryMb = guests.reduce((sum, guest) => sum + guest.memoryMb, 0);
  const needed = memory ? Math.ceil(memoryMb / (servers[0]?.type.memoryMb ?? 1)) : 0;
  let joules = 0;
  let before = 0;
  for (let step = 0; step <= STEPS; step++) {
    const load = guests.reduce((sum, guest) => sum + guest.mips * (guest.demand[step] ?? 0), 0);
    const watts = memory ? leastWithServers(types, needed, load) : leastForLoad(types, load);
    if (step > 0) joules += ((before + watts) / 2) * STEP_SECONDS;
    before = watts;
  }
  return joules / 3.6e6;
}

interface Type {
  readonly mips: number;
  readonly watts: PowerCurve;
  readonly count: number;
}

/** All load at full servers of the type that does most for a watt; a part of a server draws that part. */
function leastForLoad(types: readonly Type[], load: number): number {
  let left = load;
  let watts = 0;
  for (const { mips, watts: curve, count } of types.toSorted((a, b) => fullWattsPerMips(a) - fullWattsPerMips(b))) {
    const taken = Math.min(left, mips * count);
    watts += (taken / mips) * (curve.at(-1) ?? 0);
    left -= taken;
  }
  return watts;
}

const fullWattsPerMips = ({ watts, mips }: Type) => (watts.at(-1) ?? 0) / mips;

/** The least over all ways to choose that many servers of the types; two types. */
function leastWithServers(types: readonly Type[], servers: number, load: number): number {
  const [one, other] = types as readonly [Type, Type];
  let least = Number.POSITIVE_INFINITY;
  for (let count = Math.max(0, servers - other.count); count <= Math.min(servers, one.count); count++) {
    const choice = [
      { type: one, count },
      { type: other, count: servers - count },
    ];
    least = Math.min(least, wattsOf(choice, load));
  }
  return least;
}

/** Fills the cheapest slices of the chosen servers' curves first. */
function wattsOf(choice: readonly { readonly type: Type; readonly count: number }[], load: number): number {
  let watts = 0;
  const slices: { readonly mips: number; readonly slope: number }[] = [];
  for (const { type, count } of choice) {
    watts += count * (type.watts[0] ?? 0);
    const width = type.mips / (type.watts.length - 1);
    for (let index = 1; index < type.watts.length; index++) {
      const rise = (type.watts[index] ?? 0) - (type.watts[index - 1] ?? 0);
      slices.push({ mips: width * count, slope: rise / width });
    }
  }
  let left = load;
  for (const { mips, slope } of slices.toSorted((a, b) => a.slope - b.slope)) {
    const taken = Math.min(left, mips);
    watts += taken * slope;
    left -= taken;
  }
  return left > 1e-6 ? Number.POSITIVE_INFINITY : watts;
}

/** The greatest convex curve that is nowhere above: what servers of one type draw if load is divided best. */
function lowerHull(curve: PowerCurve): PowerCurve {
  return curve.map((_, at) => {
    let least = curve[at] ?? 0;
    for (let left = 0; left <= at; left++) {
      for (let right = at; right < curve.length; right++) {
        if (left === right) continue;
        const share = (at - left) / (right - left);
        least = Math.min(least, (curve[left] ?? 0) * (1 - share) + (curve[right] ?? 0) * share);
      }
    }
    return least;
  });
}
