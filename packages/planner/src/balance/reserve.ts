import type { Floor } from './floor.ts';
import type { Reserve } from './settings.ts';
import type { BalanceHost } from './situation.ts';

/** What would be without a host if so much failed: the first that is found. */
export interface ReserveGap {
  readonly of: 'hosts' | 'racks' | 'zones';
  /** Hosts that would be gone; none where so many may fail that none would be left. */
  readonly lost: readonly number[];
  /** A machine that would have no host then. */
  readonly homeless?: number;
}

/**
 * Whether everything that runs would still have a place if so many hosts, racks or zones failed at once. Shown by
 * placing: for each resource the domains that use most of it are taken away, and their machines put on what is
 * left, largest first. Loads count as expected with their margin, and hosts may be filled by failures as far as
 * they may be by moves. Needs more domains than may fail, else it does not hold.
 */
export function holdsReserve(floor: Floor, reserve: Reserve): boolean {
  return reserveGap(floor, reserve) === undefined;
}

/** What the reserve lacks; undefined where it holds. */
export function reserveGap(floor: Floor, { hosts, racks, zones }: Reserve): ReserveGap | undefined {
  return (
    gapIn(floor, 'hosts', hosts, ({ name }) => name) ??
    gapIn(floor, 'racks', racks, ({ rack, name }) => rack ?? `host ${name}`) ??
    gapIn(floor, 'zones', zones, ({ zone, name }) => zone ?? `host ${name}`)
  );
}

function gapIn(
  floor: Floor,
  of: ReserveGap['of'],
  count: number,
  domainOf: (host: BalanceHost) => string,
): ReserveGap | undefined {
  if (count <= 0) return undefined;
  const domains = new Map<string, number[]>();
  floor.situation.hosts.forEach((host, index) => {
    if (!floor.isAwake(index)) return;
    const domain = domainOf(host);
    const members = domains.get(domain);
    if (members) members.push(index);
    else domains.set(domain, [index]);
  });
  const busy = [...domains.values()].filter((hosts) => hosts.some((host) => floor.isBusy(host)));
  if (busy.length === 0) return undefined;
  if (domains.size <= count) return { of, lost: [] };
  for (const lost of worstLosses(floor, busy, count)) {
    const homeless = firstHomeless(floor, lost);
    if (homeless !== undefined) return { of, lost, homeless };
  }
  return undefined;
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

/** A machine of these hosts that finds none among the others, though it may run there. */
function firstHomeless(floor: Floor, lost: readonly number[]): number | undefined {
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
  const found = homeless
    .toSorted((a, b) => size(b) - size(a))
    .find((machine) => {
      const to = left.find((host) => floor.fits(machine, host) && allows(machine, host));
      // What may run nowhere else is not helped by any reserve.
      if (to === undefined) return hosts.some((_, host) => !gone.has(host) && allows(machine, host));
      floor.move(machine, to);
      return false;
    });
  floor.rollback(mark);
  return found;
}
