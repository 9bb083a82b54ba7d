import { wattsAt } from '../power/watts.ts';
import type { Situation } from './situation.ts';

/**
 * What carrying all machines on hosts like each one would cost, the cheapest being 1: its watts at the load that
 * it has when its scarcest resource is used up, over the part of everything that it carries then. Where
 * processors are scarce that is watts for work, where memory is scarce it is mostly idle watts.
 */
export function costliness({ hosts, machines }: Situation): Float64Array {
  const total: Record<string, number> = { cpu: 0 };
  for (const { cpu, held } of machines) {
    total.cpu = (total.cpu as number) + cpu.mean;
    for (const resource in held) total[resource] = (total[resource] ?? 0) + (held[resource] as number);
  }
  const costs = Float64Array.from(hosts, ({ capacity, watts }) => {
    let part = Number.POSITIVE_INFINITY;
    for (const resource in total) {
      const needed = total[resource] as number;
      if (needed > 0) part = Math.min(part, (capacity[resource] ?? 0) / needed);
    }
    const cpu = capacity.cpu ?? 0;
    const load = Number.isFinite(part) && cpu > 0 ? (part * (total.cpu as number)) / cpu : 1;
    return wattsAt(watts, load) / (Number.isFinite(part) ? Math.max(part, Number.MIN_VALUE) : 1);
  });
  const cheapest = costs.reduce((least, cost) => (cost > 0 ? Math.min(least, cost) : least), Number.POSITIVE_INFINITY);
  return costs.map((cost) => (Number.isFinite(cheapest) && Number.isFinite(cost) ? cost / cheapest : 1));
}
