import type { Floor } from './floor.ts';
import type { Reserve } from './settings.ts';
import type { BalanceHost, Situation } from './situation.ts';

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
 * placing: domains are taken away, and their machines put on what is left, largest first. Of a few domains all that may
 * fail together are tried, of many the worst by each resource: those that use most of it, and those with the largest
 * machines. Loads count as expected with their margin, and hosts may be filled by failures as far as they may be by
 * moves. Needs more domains than may fail, else it does not hold.
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
  const all = [...domains.values()];
  if (!all.some((hosts) => hosts.some((host) => floor.isBusy(host)))) return undefined;
  if (all.length <= count) return { of, lost: [] };
  for (const lost of isFew(all.length, count) ? everyLoss(all, count) : worstLosses(floor, all, count)) {
    const homeless = firstHomeless(floor, lost);
    if (homeless !== undefined) return { of, lost, homeless };
  }
  return undefined;
}

/** Most losses that are tried one by one. */
const MOST_TRIED = 128;

/** Whether no more sets of so many domains can be chosen than are tried. */
function isFew(domains: number, count: number): boolean {
  let sets = 1;
  for (let chosen = 1; chosen <= count; chosen++) {
    sets = (sets * (domains - chosen + 1)) / chosen;
    if (sets > MOST_TRIED) return false;
  }
  return true;
}

type Domain = readonly number[];

/** The hosts of each set of so many domains. */
function* everyLoss(domains: readonly Domain[], count: number, from = 0): Iterable<readonly number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let first = from; first <= domains.length - count; first++) {
    for (const others of everyLoss(domains, count - 1, first + 1)) yield [...(domains[first] as Domain), ...others];
  }
}

/** For each resource, the domains that use most of it, and those with the largest machines. */
function* worstLosses(floor: Floor, domains: readonly Domain[], count: number): Iterable<readonly number[]> {
  for (const resource of ['cpu', ...floor.resources]) {
    yield mostOf(domains, count, (host) => floor.used(resource, host), sum);
    const sizes = (host: number) =>
      [...(floor.machinesOn[host] ?? [])].map((machine) => sizeOf(floor, machine, resource));
    yield mostOf(domains, count, (host) => largest(sizes(host)), largest);
  }
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value), 0);

function sizeOf({ situation }: Floor, machine: number, resource: string): number {
  const { cpu, held } = situation.machines[machine] as Situation['machines'][number];
  return resource === 'cpu' ? cpu.mean : (held[resource] ?? 0);
}

/** The hosts of the domains with the highest marks, which are made of those of their hosts. */
function mostOf(
  domains: readonly Domain[],
  count: number,
  markOf: (host: number) => number,
  together: (marks: readonly number[]) => number,
): readonly number[] {
  const marks = domains.map((hosts) => together(hosts.map(markOf)));
  const lost: number[] = [];
  for (let round = 0; round < count; round++) {
    const most = marks.reduce((best, mark, index) => (mark > (marks[best] as number) ? index : best), 0);
    lost.push(...(domains[most] as Domain));
    marks[most] = Number.NEGATIVE_INFINITY;
  }
  return lost;
}

/** The largest first; equals in an order of their own, not in that in which they came: the same question has one answer. */
function bySize(machines: Situation['machines'], a: number, b: number): number {
  const [one, other] = [machines[a], machines[b]] as [Situation['machines'][number], Situation['machines'][number]];
  return (other.held.memory ?? 0) - (one.held.memory ?? 0) || other.cpu.mean - one.cpu.mean || a - b;
}

/** A machine of these hosts that finds none among the others, though it may run there. */
function firstHomeless(floor: Floor, lost: readonly number[]): number | undefined {
  const { hosts, machines, allows } = floor.situation;
  const gone = new Set(lost);
  const left = hosts.map((_, host) => host).filter((host) => !gone.has(host) && floor.usable(host));
  const mark = floor.mark();
  const homeless = lost.flatMap((host) => [...(floor.machinesOn[host] ?? [])]);
  // From the fullest on: what is filled up does not have to be asked again and again.
  left.sort((a, b) => floor.fullness(b) - floor.fullness(a));
  const found = homeless
    .toSorted((a, b) => bySize(machines, a, b))
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
