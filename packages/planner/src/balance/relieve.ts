import { findHost, findSleeper } from './find-host.ts';
import type { Floor } from './floor.ts';
import type { BalanceMachine, Move, MoveReason } from './situation.ts';

export interface Relief {
  readonly moves: readonly Move[];
  /** Hosts to be switched on, because no other takes what must leave. */
  readonly wake: readonly number[];
  /** Machines that must leave and for which there is no host at all. */
  readonly stuck: readonly number[];
}

/**
 * Moves machines away from hosts that are overloaded, now or by forecast, and from where they must not be: as few
 * and as quick moves as will do. Cool-down does not hold here, as being overloaded is worse than moving twice.
 */
export function relieve(floor: Floor, budget: number): Relief {
  const relief = new Reliever(floor, budget);
  const { hosts, machines, allows } = floor.situation;
  machines.forEach((one, machine) => {
    const { host, movable } = one;
    if (movable && !isUnderWay(floor, one) && !allows(machine, host)) relief.send(machine, 'misplaced');
  });
  for (let host = 0; host < hosts.length; host++) relieveHost(floor, host, relief);
  return relief;
}

function relieveHost(floor: Floor, host: number, relief: Reliever): void {
  const stuck = new Set<number>();
  while (floor.excess(host) > 0 && (floor.machinesOn[host]?.size ?? 0) > 1) {
    const machine = bestToLeave(floor, host, stuck);
    if (machine < 0) return;
    if (!relief.send(machine, 'overload')) stuck.add(machine);
  }
}

/** The machine whose going helps at the least cost: seconds of moving it and as many more as are still needed. */
function bestToLeave(floor: Floor, host: number, stuck: ReadonlySet<number>): number {
  const excess = floor.excess(host);
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const machine of floor.machinesOn[host] ?? []) {
    const one = floor.situation.machines[machine];
    if (!one?.movable || one.host !== host || stuck.has(machine) || isUnderWay(floor, one)) continue;
    const load = Math.min(one.cpu.now, one.cpu.mean);
    if (load <= 0) continue;
    const cost =
      Math.max(1, excess / load) * Math.max(1, one.moveSeconds) + Math.max(0, load - excess) / floor.cpuCapacity(host);
    if (cost < least) {
      least = cost;
      best = machine;
    }
  }
  return best;
}

/** It was told to move since the last plan, and may not have arrived. */
function isUnderWay({ situation, settings }: Floor, { movedMs }: BalanceMachine): boolean {
  return movedMs !== undefined && situation.nowMs - movedMs < settings.intervalSeconds * 1000;
}

class Reliever implements Relief {
  readonly moves: Move[] = [];
  readonly wake: number[] = [];
  readonly stuck: number[] = [];
  readonly #floor: Floor;
  readonly #budget: number;

  constructor(floor: Floor, budget: number) {
    this.#floor = floor;
    this.#budget = budget;
  }

  /** False when the machine stays, for now or because there is no host. */
  send(machine: number, why: MoveReason): boolean {
    const floor = this.#floor;
    if (this.moves.length >= this.#budget) return false;
    let to = findHost(floor, machine, true);
    if (to < 0) {
      to = findSleeper(floor, machine);
      if (to < 0) {
        this.stuck.push(machine);
        return false;
      }
      if (!this.wake.includes(to)) this.wake.push(to);
      // A host that takes minutes to start is of use in a later round.
      if (floor.settings.wakeSeconds > 0) return false;
      floor.wake(to);
    }
    this.moves.push({ machine, from: floor.where[machine] as number, to, why });
    floor.move(machine, to);
    return true;
  }
}
