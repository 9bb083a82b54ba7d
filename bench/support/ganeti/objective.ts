import type { BoardInput, Measure } from '@godwit/planner';
import type { GanetiSnapshot } from './snapshot.ts';

/**
 * hbal's cluster score (its manual page and the coefficients that `hbal -v -v` prints) as an objective of Godwit's
 * own: standard deviations of free memory, free disk, virtual processors, machines (its processor, memory and
 * network load, where none is measured), mirrored machines (its disk load) and spindles; of what nodes reserve for
 * failing over, a quarter of its sum, and one point for each machine on a node that could not take over.
 * It counts memory, disk, processors and spindles twice, with half the weight each.
 */
export function hbalObjective({ nodes, instances }: GanetiSnapshot): BoardInput {
  const machines = instances.length;
  const none = new Float64Array(machines);
  const one = new Float64Array(machines).fill(1);
  const column = <T>(rows: readonly T[], value: (row: T) => number) => Float64Array.from(rows, value);
  const memory = column(instances, (instance) => instance.memory);
  const disk = column(instances, (instance) => instance.disk);
  const freeMemory = column(nodes, (node) => node.freeMemory);
  const freeDisk = column(nodes, (node) => node.freeDisk);
  for (const { primary, secondary, memory: size, disk: diskSize } of instances) {
    freeMemory[primary] = (freeMemory[primary] ?? 0) + size;
    for (const node of [primary, secondary]) freeDisk[node] = (freeDisk[node] ?? 0) + diskSize;
  }
  const empty = new Float64Array(nodes.length);
  const same = (value: number) => new Float64Array(nodes.length).fill(value);
  const measure = (name: string, weight: number, of: Omit<Measure, 'name' | 'weight'>): Measure => ({
    name,
    weight,
    ...of,
  });
  const totalMemory = column(nodes, (node) => node.totalMemory);
  return {
    hosts: nodes.length,
    home: Int32Array.from(instances, ({ primary }) => primary),
    mirror: Int32Array.from(instances, ({ secondary }) => secondary),
    measures: [
      measure('free memory', 1, { base: freeMemory, scale: totalMemory, home: memory.map((m) => -m), mirror: none }),
      measure('free disk', 1, {
        base: freeDisk,
        scale: column(nodes, (node) => node.totalDisk),
        home: disk.map((size) => -size),
        mirror: disk.map((size) => -size),
      }),
      measure('processors', 1, {
        base: empty,
        scale: column(nodes, (node) => node.cpus),
        home: column(instances, (instance) => instance.cpus),
        mirror: none,
      }),
      measure('processor, memory and network load', 3, { base: empty, scale: same(1), home: one, mirror: none }),
      // Disk load, and spindles: those are the same count over 32.
      measure('disk load and spindles', 1 + 1 / 32, { base: empty, scale: same(1), home: one, mirror: one }),
    ],
    limits: [{ name: 'disk', room: freeDisk, home: disk, mirror: disk }],
    memory,
    totalMemory,
    freeMemory,
    failover: { spread: 1, sum: 0.25, unsafe: 1 },
  };
}
