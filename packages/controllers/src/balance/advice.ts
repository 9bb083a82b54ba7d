import { type MachineSize, recommend, requestOfMachine, type Situation, wattsAt } from '@godwit/planner';
import type { Machine } from '../scheduler/schedulable-machine.ts';
import { idOf } from './machine.ts';
import type { PolicyMemory } from './policy-memory.ts';
import type { SizeAdvice } from './policy-status.ts';

/** What sizes machines should have, the most wasteful first; those that were not watched for long enough are left out. */
export function sizesOf(machines: readonly Machine[], memory: PolicyMemory): readonly SizeAdvice[] {
  const advice = machines.flatMap((machine): SizeAdvice[] => {
    const id = idOf(machine);
    const { cpu = 0, memory: bytes = 0 } = requestOfMachine(machine).amounts;
    const record = memory.records.get(id);
    const current = { cpu, memory: bytes };
    const recommended = record && recommend(current, record, memory.sizes);
    return recommended ? [{ id, current, recommended }] : [];
  });
  // A core weighs as much as four GiB, which is how hosts are mostly built.
  const excess = ({ current, recommended }: SizeAdvice) =>
    (current.cpu - recommended.cpu) / 1000 + (current.memory - recommended.memory) / (4 * 2 ** 30);
  return advice.toSorted((a, b) => excess(b) - excess(a));
}

export interface HostInUse {
  readonly capacity: MachineSize;
  readonly watts: readonly number[];
  /** Share of its processors. */
  readonly load: number;
}

/** Hosts that are on, and how loaded they are. */
export function hostsInUse({ hosts, machines }: Situation): readonly HostInUse[] {
  const loads = new Float64Array(hosts.length);
  for (const { host, cpu } of machines) loads[host] = (loads[host] ?? 0) + cpu.mean;
  return hosts.flatMap(({ power, capacity, watts }, index): HostInUse[] => {
    if (power === 'off') return [];
    const { cpu = 0, memory = 0 } = capacity;
    return [{ capacity: { cpu, memory }, watts, load: cpu > 0 ? (loads[index] as number) / cpu : 0 }];
  });
}

export const wattsInUse = (hosts: readonly HostInUse[]): number =>
  hosts.reduce((sum, { watts, load }) => sum + wattsAt(watts, load), 0);
