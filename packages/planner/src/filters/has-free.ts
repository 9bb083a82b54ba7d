import { overcommitOf } from '../policy.ts';
import { type Reason, reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

/**
 * Has the host enough of one resource left? The rule is that of `fits`, over columns; where the policy gives out
 * more than there is, by so much more.
 */
export function hasFree(resource: string, reason: Reason): Filter {
  return {
    prepare(request, snapshot, policy) {
      const needed = request.amounts[resource] ?? 0;
      if (!(needed > 0)) return undefined;
      const { capacity, used } = snapshot.columns(resource);
      const capacities = capacity.values;
      const uses = used.values;
      const ratio = overcommitOf(policy, resource);
      return (row) => ((capacities[row] as number) * ratio - (uses[row] as number) >= needed ? reasons.passes : reason);
    },
  };
}
