import { overcommitOf, type Policy } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Filter } from './filter.ts';

/** How much of a resource a host has left to give out, as often as the policy gives it out. Of processors see `cpuRoom`. */
export function roomOf(resource: string, snapshot: Snapshot, policy: Policy): (row: number) => number {
  const { capacity, used } = snapshot.columns(resource);
  const capacities = capacity.values;
  const uses = used.values;
  const ratio = overcommitOf(policy, resource);
  return (row) => (capacities[row] as number) * ratio - (uses[row] as number);
}

/**
 * Has the host enough of one resource left? The rule is that of `fits`, over columns; where the policy gives out
 * more than there is, by so much more.
 */
export function hasFree(resource: string, reason: Reason): Filter {
  return {
    prepare(request, snapshot, policy) {
      const needed = request.amounts[resource] ?? 0;
      if (!(needed > 0)) return undefined;
      const room = roomOf(resource, snapshot, policy);
      return (row) => (room(row) >= needed ? reasons.passes : reason);
    },
  };
}
