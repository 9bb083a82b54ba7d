import { reasons } from '../reason.ts';
import type { CoresRequest } from '../request/machine-request.ts';
import type { Filter } from './filter.ts';

/**
 * Has the host as many whole cores that no other machine has to itself: together, or as the guest is to see them,
 * in as many NUMA nodes?
 */
export const hasFreeCores: Filter = {
  prepare({ cores }, { numa }) {
    if (!cores) return undefined;
    return (row) => (haveCores(numa.free(row), cores) ? reasons.passes : reasons.lacksCores);
  },
};

/** Whether NUMA nodes with so many whole cores left have enough. */
export function haveCores(free: Int32Array, { count, share, strict }: CoresRequest): boolean {
  let nodes = 0;
  let sum = 0;
  for (let node = 0; node < free.length; node++) {
    sum += free[node] as number;
    if ((free[node] as number) >= share) nodes++;
  }
  return sum >= count * share && (nodes >= count || !strict);
}
