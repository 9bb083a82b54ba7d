import { existsSync, readFileSync } from 'node:fs';
import { Failure } from '@godwit/base';

export interface GanetiNode {
  readonly name: string;
  readonly totalMemory: number;
  readonly freeMemory: number;
  readonly totalDisk: number;
  readonly freeDisk: number;
  readonly cpus: number;
}

export interface GanetiInstance {
  readonly name: string;
  readonly memory: number;
  readonly disk: number;
  readonly cpus: number;
  /** Indices of nodes. */
  readonly primary: number;
  readonly secondary: number;
}

/** A cluster in htools' text format: one group, every instance mirrored. Memory and disks in MiB. */
export interface GanetiSnapshot {
  readonly nodes: readonly GanetiNode[];
  readonly instances: readonly GanetiInstance[];
  readonly lines: readonly string[];
}

export function readSnapshot(path: string): GanetiSnapshot {
  if (!existsSync(path)) throw new Failure('not-found', `there is no ${path}`);
  const lines = readFileSync(path, 'utf8').split('\n');
  // Sections stand apart by empty lines: groups, nodes, instances, tags, policies.
  const sections: string[][] = [[]];
  for (const line of lines) {
    if (line === '') sections.push([]);
    else sections.at(-1)?.push(line);
  }
  const rows = (section: number) => (sections[section] ?? []).map((line) => line.split('|'));
  const nodes = rows(1).map(([name = '', totalMemory, , freeMemory, totalDisk, freeDisk, cpus]) => ({
    name,
    totalMemory: Number(totalMemory),
    freeMemory: Number(freeMemory),
    totalDisk: Number(totalDisk),
    freeDisk: Number(freeDisk),
    cpus: Number(cpus),
  }));
  const indexOf = new Map(nodes.map(({ name }, index) => [name, index]));
  const instances = rows(2).map(([name = '', memory, disk, cpus, , , primary = '', secondary = '']) => ({
    name,
    memory: Number(memory),
    disk: Number(disk),
    cpus: Number(cpus),
    primary: indexOf.get(primary) ?? -1,
    secondary: indexOf.get(secondary) ?? -1,
  }));
  return { nodes, instances, lines };
}

/** The same cluster with instances elsewhere, in text form, so that hbal itself can judge it. */
export function writeSnapshot(
  { nodes, instances, lines }: GanetiSnapshot,
  places: { readonly home: Int32Array; readonly mirror: Int32Array },
): string {
  const memory = nodes.map(({ freeMemory }) => freeMemory);
  const disk = nodes.map(({ freeDisk }) => freeDisk);
  const add = (column: number[], node: number, amount: number) => {
    column[node] = (column[node] ?? 0) + amount;
  };
  instances.forEach((instance, index) => {
    add(memory, instance.primary, instance.memory);
    for (const node of [instance.primary, instance.secondary]) add(disk, node, instance.disk);
    const home = places.home[index] as number;
    add(memory, home, -instance.memory);
    for (const node of [home, places.mirror[index] as number]) add(disk, node, -instance.disk);
  });
  const indexOfNode = new Map(nodes.map(({ name }, index) => [name, index]));
  const indexOfInstance = new Map(instances.map(({ name }, index) => [name, index]));
  return lines
    .map((line) => {
      const fields = line.split('|');
      const node = indexOfNode.get(fields[0] ?? '');
      const instance = indexOfInstance.get(fields[0] ?? '');
      if (node !== undefined) {
        fields[3] = String(memory[node]);
        fields[5] = String(disk[node]);
      } else if (instance !== undefined) {
        fields[6] = nodes[places.home[instance] as number]?.name ?? '';
        fields[7] = nodes[places.mirror[instance] as number]?.name ?? '';
      }
      return fields.join('|');
    })
    .join('\n');
}
