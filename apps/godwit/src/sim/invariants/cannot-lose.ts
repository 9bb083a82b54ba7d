import { counted } from '@godwit/base';

/** Processor time in millicores and memory in bytes. */
export type Size = readonly [cpu: number, memory: number];

/** A host that may fail, and what is on it or on its way to it. */
export interface Loss {
  readonly name: string;
  readonly capacity: Size;
  /** What can run nowhere else. */
  readonly staying: Size[];
  readonly movable: Size[];
}

/**
 * Why the loss of so many hosts, whichever they are, cannot be borne, in words; undefined where it can be.
 * @param placed whether it is asked for a place for each machine, or only for hosts that are left
 */
export function cannotLose(hosts: readonly Loss[], count: number, placed: boolean): string | undefined {
  if (!hosts.some(({ staying, movable }) => staying.length + movable.length > 0)) return undefined;
  if (hosts.length <= count) return `${counted(hosts.length, 'host is', 'hosts are')} on`;
  if (!placed) return undefined;
  const worst = choices(hosts, count).find((lost) => !findPlaces(lost, hosts));
  return worst && `what ${worst.map(({ name }) => name).join(' and ')} carries has no room on the others`;
}

/** Whether there is any way at all to put what the lost hosts carry on the others: every one is tried. */
function findPlaces(lost: readonly Loss[], hosts: readonly Loss[]): boolean {
  const homeless = lost.flatMap(({ movable }) => movable).toSorted(([, a], [, b]) => b - a);
  const rooms = hosts
    .filter((host) => !lost.includes(host))
    .map(({ capacity, staying, movable }) => [...staying, ...movable].reduce(without, capacity));
  return fit(homeless, rooms);
}

function fit(machines: readonly Size[], rooms: readonly Size[]): boolean {
  const [machine, ...others] = machines;
  if (!machine) return true;
  const free = total(rooms.map(([cpu, memory]): Size => [Math.max(0, cpu), Math.max(0, memory)]));
  if (!holds(free, total(machines))) return false;
  return rooms.some((room, index) => holds(room, machine) && fit(others, rooms.with(index, without(room, machine))));
}

const holds = ([cpu, memory]: Size, [needsCpu, needsMemory]: Size): boolean => cpu >= needsCpu && memory >= needsMemory;
const without = ([cpu, memory]: Size, [usedCpu, usedMemory]: Size): Size => [cpu - usedCpu, memory - usedMemory];
const total = (sizes: readonly Size[]): Size =>
  sizes.reduce(([a, b], [cpu, memory]): Size => [a + cpu, b + memory], [0, 0]);

/** All ways to choose so many of them. */
function choices<T>(from: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return from.flatMap((first, index) => choices(from.slice(index + 1), count - 1).map((rest) => [first, ...rest]));
}
