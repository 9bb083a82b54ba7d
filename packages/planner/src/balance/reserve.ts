import type { Floor } from './floor.ts';
import type { Reserve } from './settings.ts';
import type { BalanceHost } from './situation.ts';

/**
 * Whether everything that runs would still have a place if so many hosts, racks or zones failed at once. Shown by
 * placing: for each resource the domains that use most of it are taken away, and their machines put on what is
 * left, largest first. Loads count as expected with their margin, and hosts may be filled by failures as far as
 * they may be by moves. Needs more domains than may fail, else it does not hold.
 */
export function holdsReserve(floor: Floor, reserve: Reserve): boolean {
  return (
    survives(floor, reserve.hosts, ({ name }) => name) &&
    survives(floor, reserve.racks, ({ rack, name }) => rack ?? `host ${name}`) &&
    survives(floor, reserve.zones, ({ zone, name }) => zone ?? `host ${name}`)
  );
}

function survives(floor: Floor, count: number, domainOf: (host: BalanceHost) => string): boolean {
  if (count <= 0) return true;
  const domains = new Map<string, number[]>();
  floor.situation.hosts.forEach((host, index) => {
    if (!floor.isAwake(index)) return;
    const domain = domainOf(host);
    const members = domains.get(domain);
    if (members) members.push(index);
    else domains.set(domain, [index]);
  });
  const busy = [...domains.values()].filter((hosts) => hosts.some((host) => floor.isBusy(host)));
  if (busy.length === 0) return true;
  if (domains.size <= count) return false;
  return worstLosses(floor, busy, count).every((lost) => canLose(floor, lost));
}

/** For each resource, the domains that use most of it. */
function worstLosses(
  floor: Floor,
  domains: readonly (readonly number[])[],
  count: number,
): readonly (readonly number[])[] {
  return ['cpu', ...floor.resources].map((resource) => {
    const uses = domains.map((hosts) => hosts.reduce((sum, host) => sum + floor.used(resource, host), 0));
    const lost: number[] = [];
    for (let round = 0; round < Math.min(count, domains.length); round++) {
      const most = uses.reduce((best, use, index) => (use > (uses[best] as number) ? index : best), 0);
      lost.push(...(domains[most] as readonly number[]));
      uses[most] = Number.NEGATIVE_INFINITY;
    }
    return lost;
  });
}

function canLose(floor: Floor, lost: readonly number[]): boolean {
  const { hosts, machines, allows } = floor.situation;
  const gone = new Set(lost);
  const left = hosts.map((_, host) => host).filter((host) => !gone.has(host) && floor.usable(host));
  const mark = floor.mark();
  const homeless = lost.flatMap((host) => [...(floor.machinesOn[host] ?? [])]);
  const size = (machine: number) => {
    const { cpu, held } = machines[machine] as (typeof machines)[number];
    return held.memory ?? cpu.mean;
  };
  // From the fullest on: what is filled up does not have to be asked again and again.
  left.sort((a, b) => floor.fullness(b) - floor.fullness(a));
  const all = homeless
    .toSorted((a, b) => size(b) - size(a))
    .every((machine) => {
      const to = left.find((host) => floor.fits(machine, host) && allows(machine, host));
      // What may run nowhere else is not helped by any reserve.
      if (to === undefined) return !hosts.some((_, host) => !gone.has(host) && allows(machine, host));
      floor.move(machine, to);
      return true;
    });
  floor.rollback(mark);
  return all;
}
