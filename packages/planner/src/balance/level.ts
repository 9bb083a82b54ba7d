import { SeededRandom } from '@godwit/base';
import { mayMove } from './empty.ts';
import { Board, type BoardInput, type Limit, type Measure } from './even/board.ts';
import { defaultCosts } from './even/default-costs.ts';
import { makeEven } from './even/search.ts';
import type { Floor } from './floor.ts';
import type { Move } from './situation.ts';

/** Loads that differ by less than this share of a host from the mean are left alone. */
const TOLERANCE = 0.05;
/** More are not looked at in one round: the work grows with their square. */
const MOST_HOSTS = 64;
const TRIES_PER_MACHINE = 40;
const MOST_TRIES = 200_000;

/**
 * Evens out processor load and what is held over the hosts that are on, by few moves. Where no host is far from the
 * mean nothing is done, so that noise does not move machines.
 */
export function levelLoad(floor: Floor, budget: number): readonly Move[] {
  const { hosts, machines } = floor.situation;
  const used = hosts.map((_, host) => host).filter((host) => floor.usable(host) && floor.cpuCapacity(host) > 0);
  if (used.length < 2 || isLevel(floor, used)) return [];
  const rows = ends(floor, used);
  const rowOf = new Map(rows.map((host, row) => [host, row]));
  const listed = machines.map((_, machine) => machine).filter((machine) => rowOf.has(floor.where[machine] as number));
  const home = Int32Array.from(listed, (machine) => rowOf.get(floor.where[machine] as number) as number);
  const board = new Board({ ...boardOf(floor, rows, listed), home });
  makeEven(board, {
    costs: defaultCosts(rows.length, new Float64Array(listed.length)),
    movable: Uint8Array.from(listed, (machine) => (mayMove(floor, machine) ? 1 : 0)),
    tries: Math.min(MOST_TRIES, TRIES_PER_MACHINE * listed.length),
    random: new SeededRandom(listed.length),
  });
  const wanted = listed.flatMap((machine, index) => {
    const to = rows[board.home[index] as number] as number;
    return to === floor.where[machine] ? [] : [{ machine, to }];
  });
  return carryOut(floor, wanted, budget);
}

/** The fullest hosts and the emptiest: those in between are left for later rounds, when there are many. */
function ends(floor: Floor, used: readonly number[]): readonly number[] {
  if (used.length <= MOST_HOSTS) return used;
  const share = (host: number) => floor.mean(host) / floor.cpuCapacity(host);
  const sorted = used.toSorted((a, b) => share(a) - share(b));
  return [...sorted.slice(0, MOST_HOSTS / 2), ...sorted.slice(-MOST_HOSTS / 2)];
}

function isLevel(floor: Floor, rows: readonly number[]): boolean {
  const shares = rows.map((host) => floor.mean(host) / floor.cpuCapacity(host));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return shares.every((share) => Math.abs(share - mean) < TOLERANCE);
}

/** Machines without mirrors; processor load and everything held are to be the same share of every host. */
function boardOf(floor: Floor, rows: readonly number[], listed: readonly number[]): Omit<BoardInput, 'home'> {
  const { hosts, machines, allows } = floor.situation;
  const none = new Float64Array(listed.length);
  const measure = (resource: string, amount: (machine: number) => number): Measure => ({
    name: resource,
    weight: 1,
    base: new Float64Array(rows.length),
    scale: Float64Array.from(rows, (host) => Math.max(1, hosts[host]?.capacity[resource] ?? 0)),
    home: Float64Array.from(listed, amount),
    mirror: none,
  });
  const measures = [
    measure('cpu', (machine) => machines[machine]?.cpu.mean ?? 0),
    ...floor.resources.map((resource) => measure(resource, (machine) => machines[machine]?.held[resource] ?? 0)),
  ];
  const limits = measures.map(({ name, home }): Limit => {
    const share = name === 'cpu' ? floor.settings.fill : 1;
    // The board counts means; what forecasts may be wrong by is kept free.
    const margin = (host: number) => (name === 'cpu' ? floor.expected(host) - floor.mean(host) : 0);
    const room = rows.map((host) => share * (hosts[host]?.capacity[name] ?? 0) - margin(host));
    return { name, room: Float64Array.from(room), home, mirror: none };
  });
  return {
    hosts: rows.length,
    mirror: new Int32Array(listed.length).fill(-1),
    measures,
    limits,
    memory: none,
    totalMemory: new Float64Array(rows.length).fill(1),
    freeMemory: new Float64Array(rows.length).fill(1),
    failover: { spread: 0, sum: 0, unsafe: 0 },
    allows: (index, row) => allows(listed[index] as number, rows[row] as number),
  };
}

/** Step by step, each only when its target has room for it by then; the largest loads first. */
function carryOut(
  floor: Floor,
  wanted: readonly { readonly machine: number; readonly to: number }[],
  budget: number,
): readonly Move[] {
  const load = (machine: number) => floor.situation.machines[machine]?.cpu.mean ?? 0;
  let left = wanted.toSorted((a, b) => load(b.machine) - load(a.machine));
  const moves: Move[] = [];
  for (let moved = true; moved && moves.length < budget; ) {
    moved = false;
    left = left.filter(({ machine, to }) => {
      if (moves.length >= budget || !floor.fits(machine, to)) return true;
      moves.push({ machine, from: floor.where[machine] as number, to, why: 'evens-out' });
      floor.move(machine, to);
      moved = true;
      return false;
    });
  }
  return moves;
}
