import { wattsAt } from '../power/watts.ts';
import { findHost } from './find-host.ts';
import type { Floor } from './floor.ts';
import { moveJoules } from './joules.ts';
import { holdsReserve } from './reserve.ts';
import type { Move } from './situation.ts';

/** After so many hosts in a row that could not be emptied the others are not tried. */
const FAILURES = 12;

export interface Emptying {
  readonly moves: readonly Move[];
  /** Hosts to be switched on, as they do the work of costlier ones that can then be switched off. */
  readonly wake: readonly number[];
}

/**
 * Empties hosts whose machines all fit elsewhere, the costliest and emptiest first, as long as that saves more
 * than the moves cost and what is left keeps the reserve; one that can not be emptied onto others may be replaced
 * by a cheaper one that is off. A host is emptied as a whole or not at all; one that just received machines is not.
 */
export function emptyHosts(floor: Floor, budget: number, received: ReadonlySet<number>): Emptying {
  const emptier = new Emptier(floor, budget, received);
  // The reserve is looked at once for many hosts, and for each one alone only where that went wrong.
  if (!emptier.empty(MANY)) emptier.empty(1);
  emptier.replace();
  return emptier;
}

const MANY = 16;

class Emptier implements Emptying {
  readonly moves: Move[] = [];
  readonly wake: number[] = [];
  readonly #floor: Floor;
  readonly #budget: number;
  readonly #targets: Set<number>;
  #emptied: number[] = [];

  constructor(floor: Floor, budget: number, received: ReadonlySet<number>) {
    this.#floor = floor;
    this.#budget = budget;
    this.#targets = new Set(received);
  }

  /** False when it stopped because the reserve would not have held; what led there is taken back. */
  empty(hostsAtATime: number): boolean {
    const floor = this.#floor;
    let failures = 0;
    let safe = { mark: floor.mark(), moves: this.moves.length };
    const check = () => {
      if (!holdsReserve(floor, floor.settings.reserve)) {
        this.#takeBack(safe);
        return false;
      }
      safe = { mark: floor.mark(), moves: this.moves.length };
      this.#emptied = [];
      return true;
    };
    for (const host of candidates(floor)) {
      if (failures >= FAILURES) break;
      if (this.#targets.has(host)) continue;
      const mark = floor.mark();
      const leaving = emptyHost(floor, host, this.#budget - this.moves.length);
      if (!leaving) {
        floor.rollback(mark);
        failures++;
        continue;
      }
      failures = 0;
      floor.sleep(host);
      this.#emptied.push(host);
      this.moves.push(...leaving);
      for (const { to } of leaving) this.#targets.add(to);
      if (this.#emptied.length < hostsAtATime || check()) continue;
      if (hostsAtATime > 1) return false;
      failures++;
    }
    return this.#emptied.length === 0 || check();
  }

  #takeBack({ mark, moves }: { readonly mark: number; readonly moves: number }): void {
    this.#floor.rollback(mark);
    for (const host of this.#emptied) this.#floor.wake(host);
    for (const { to } of this.moves.splice(moves)) this.#targets.delete(to);
    this.#emptied = [];
  }

  /** Puts what could not be emptied onto unused hosts that are cheaper. */
  replace(): void {
    const floor = this.#floor;
    const [cheapest] = unusedHosts(floor);
    if (cheapest === undefined) return;
    for (const host of candidates(floor)) {
      // The costliest come first.
      if ((floor.costs[host] as number) <= (floor.costs[cheapest] as number)) return;
      if (this.#targets.has(host)) continue;
      const other = replacementOf(floor, host, this.#budget - this.moves.length);
      if (other < 0) continue;
      this.#targets.add(other);
      const asleep = !floor.isAwake(other);
      if (asleep) this.wake.push(other);
      // A host that takes minutes to start is of use in a later round.
      if (asleep && floor.settings.wakeSeconds > 0) continue;
      floor.wake(other);
      this.moves.push(...sendAll(floor, host, other));
    }
  }
}

/** Hosts that may be emptied, in the order in which that is tried. */
export function candidates(floor: Floor): readonly number[] {
  const { hosts } = floor.situation;
  const found: number[] = [];
  hosts.forEach(({ essential }, host) => {
    if (!essential && floor.usable(host) && floor.isBusy(host)) found.push(host);
  });
  const cost = (host: number) => floor.costs[host] as number;
  return found.toSorted((a, b) => cost(b) - cost(a) || floor.fullness(a) - floor.fullness(b));
}

function emptyHost(floor: Floor, host: number, budget: number): readonly Move[] | undefined {
  const { machines } = floor.situation;
  const leaving = [...(floor.machinesOn[host] ?? [])];
  if (!isWorthEmptying(floor, leaving, budget, idleWatts(floor, host))) return undefined;
  const size = (machine: number) => {
    const { cpu, held } = machines[machine] as (typeof machines)[number];
    return cpu.mean + cpu.deviation + (held.memory ?? 0);
  };
  const moves: Move[] = [];
  for (const machine of leaving.toSorted((a, b) => size(b) - size(a))) {
    const to = findHost(floor, machine);
    if (to < 0) return undefined;
    floor.move(machine, to);
    moves.push({ machine, from: host, to, why: 'empties-host' });
  }
  return moves;
}

/** Idling watts are what is saved: the work itself is done elsewhere. */
function isWorthEmptying(floor: Floor, leaving: readonly number[], budget: number, watts: number): boolean {
  if (leaving.length > budget || leaving.some((machine) => !mayMove(floor, machine))) return false;
  const cost = leaving.reduce((sum, machine) => sum + moveJoules(floor, machine), 0);
  return watts * floor.settings.paybackSeconds > cost * (1 + floor.settings.improvement);
}

export const idleWatts = ({ situation }: Floor, host: number) => wattsAt(situation.hosts[host]?.watts ?? [], 0);

/** An unused host that would take all machines of this one and draws so much less that moving them pays. */
function replacementOf(floor: Floor, host: number, budget: number): number {
  const { allows } = floor.situation;
  const leaving = [...(floor.machinesOn[host] ?? [])];
  const cost = floor.costs[host] as number;
  for (const other of unusedHosts(floor)) {
    if ((floor.costs[other] as number) >= cost) return -1;
    const saved = idleWatts(floor, host) - idleWatts(floor, other);
    if (!isWorthEmptying(floor, leaving, budget, saved)) continue;
    if (leaving.every((machine) => allows(machine, other)) && fitsAll(floor, leaving, other)) return other;
  }
  return -1;
}

/** One of each kind of host without machines, on or off, the cheapest first. */
function unusedHosts(floor: Floor): readonly number[] {
  const byCost = new Map<number, number>();
  floor.situation.hosts.forEach(({ open, power }, host) => {
    const cost = floor.costs[host] as number;
    // A host that is on and counted as asleep has just been emptied.
    const emptied = power === 'on' && !floor.isAwake(host);
    if (open && !emptied && !floor.isBusy(host) && !byCost.has(cost)) byCost.set(cost, host);
  });
  return [...byCost.values()].toSorted((a, b) => (floor.costs[a] as number) - (floor.costs[b] as number));
}

function fitsAll(floor: Floor, machines: readonly number[], host: number): boolean {
  const mark = floor.mark();
  const all = machines.every((machine) => {
    if (!floor.fits(machine, host)) return false;
    floor.move(machine, host);
    return true;
  });
  floor.rollback(mark);
  return all;
}

function sendAll(floor: Floor, from: number, to: number): readonly Move[] {
  return [...(floor.machinesOn[from] ?? [])].map((machine): Move => {
    floor.move(machine, to);
    return { machine, from, to, why: 'empties-host' };
  });
}

/** Movable, and moved neither a short while ago nor by this plan. */
export function mayMove({ situation, settings, where }: Floor, machine: number): boolean {
  const one = situation.machines[machine];
  if (!one?.movable || where[machine] !== one.host) return false;
  return one.movedMs === undefined || situation.nowMs - one.movedMs >= settings.cooldownSeconds * 1000;
}
