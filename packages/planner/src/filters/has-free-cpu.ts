import { dedicatedCpuResource } from '../amounts.ts';
import { overcommitOf } from '../policy.ts';
import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

/**
 * Has the host enough processor time left? Cores that machines have to themselves are given out once; the policy's
 * ratio is for the rest.
 */
export const hasFreeCpu: Filter = {
  prepare({ amounts, cores }, snapshot, policy) {
    const needed = amounts.cpu ?? 0;
    if (!(needed > 0)) return undefined;
    const { capacity, used } = snapshot.columns('cpu');
    const ratio = overcommitOf(policy, 'cpu');
    const lacks = reasons.lacksCpu;
    if (ratio === 1) {
      return (row) =>
        (capacity.values[row] as number) - (used.values[row] as number) >= needed ? reasons.passes : lacks;
    }
    const dedicated = snapshot.columns(dedicatedCpuResource).used;
    const alone = cores ? needed : 0;
    return (row) => {
      const theirs = (dedicated.values[row] as number) + alone;
      const shared = (used.values[row] as number) + needed - theirs;
      return ((capacity.values[row] as number) - theirs) * ratio >= shared ? reasons.passes : lacks;
    };
  },
};
