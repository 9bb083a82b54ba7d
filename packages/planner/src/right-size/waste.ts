import { type PowerCurve, wattsAt } from '../power/watts.ts';
import type { MachineSize } from './recommend.ts';

export interface WasteInput {
  /** What machines asked for and what they should; those without a recommendation are left out. */
  readonly machines: readonly { readonly current: MachineSize; readonly recommended: MachineSize }[];
  /** Hosts that are on, and the share of their processors that is used. */
  readonly hosts: readonly { readonly capacity: MachineSize; readonly watts: PowerCurve; readonly load: number }[];
  readonly prices?: { readonly coreHour?: number; readonly gibHour?: number; readonly kilowattHour?: number };
}

/** What is given out and not needed. */
export interface Waste {
  readonly cores: number;
  readonly gib: number;
  /** What hosts draw for it. */
  readonly watts: number;
  /** In the currency of the prices; absent where there are none. */
  readonly costPerHour?: number;
}

const GIB = 1024 ** 3;

/**
 * Hosts are on for what is given out, whether it is used or not: the part of the scarcer resource that is wasted is
 * the part of their watts that is. Machines that have too little do not make up for others that have too much.
 */
export function wasteOf({ machines, hosts, prices }: WasteInput): Waste {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const excess = (resource: keyof MachineSize) =>
    sum(machines.map(({ current, recommended }) => Math.max(0, current[resource] - recommended[resource])));
  const part = (resource: keyof MachineSize) => {
    const there = sum(hosts.map(({ capacity }) => capacity[resource]));
    return there > 0 ? Math.min(1, excess(resource) / there) : 0;
  };
  const cores = excess('cpu') / 1000;
  const gib = excess('memory') / GIB;
  const drawn = sum(hosts.map(({ watts, load }) => wattsAt(watts, load)));
  const watts = Math.max(part('cpu'), part('memory')) * drawn;
  if (!prices) return { cores, gib, watts };
  const { coreHour = 0, gibHour = 0, kilowattHour = 0 } = prices;
  return { cores, gib, watts, costPerHour: cores * coreHour + gib * gibHour + (watts / 1000) * kilowattHour };
}
