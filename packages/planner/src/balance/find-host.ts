import type { Floor } from './floor.ts';

/**
 * The host for a machine: the cheapest to run, and of equals the fullest, so that others can be emptied. Hosts
 * without machines are left alone unless `mayOpen`. -1 where there is none.
 */
export function findHost(floor: Floor, machine: number, mayOpen = false): number {
  const { situation, where } = floor;
  const home = where[machine] as number;
  let best = -1;
  let bestRank = Number.NEGATIVE_INFINITY;
  for (let host = 0; host < situation.hosts.length; host++) {
    if (host === home || !floor.usable(host)) continue;
    if (!mayOpen && !floor.isBusy(host)) continue;
    const rank = floor.fullness(host) - COST_OVER_FULLNESS * (floor.costs[host] as number);
    if (rank <= bestRank || !floor.fits(machine, host) || !situation.allows(machine, host)) continue;
    best = host;
    bestRank = rank;
  }
  return best;
}

/** A host that costs a tenth more is worse than any difference in fullness. */
const COST_OVER_FULLNESS = 10;

/** The cheapest host that is off and would take the machine; -1 where there is none. */
export function findSleeper(floor: Floor, machine: number): number {
  const { hosts, allows } = floor.situation;
  let best = -1;
  for (let host = 0; host < hosts.length; host++) {
    if (floor.isAwake(host) || !hosts[host]?.open) continue;
    if (best >= 0 && (floor.costs[host] as number) >= (floor.costs[best] as number)) continue;
    if (floor.fits(machine, host) && allows(machine, host)) best = host;
  }
  return best;
}
