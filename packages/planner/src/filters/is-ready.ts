import { reasons } from '../reason.ts';
import { hostState } from '../snapshot/host.ts';
import type { Filter } from './filter.ts';

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Does the host run, and does it take new machines? A cordon can be tolerated, an absent agent cannot. */
export const isReady: Filter = {
  prepare(request, snapshot) {
    const toleratesCordon = request.tolerations.some(
      ({ key, operator, effect }) =>
        (key === UNSCHEDULABLE || (!key && operator === 'Exists')) && (!effect || effect === 'NoSchedule'),
    );
    const { values } = snapshot.states;
    return (row) => {
      const state = values[row] as number;
      if ((state & hostState.isReady) === 0) {
        return (state & hostState.isAsleep) === 0 ? reasons.isNotReady : reasons.isAsleep;
      }
      return toleratesCordon || (state & hostState.isSchedulable) !== 0 ? reasons.passes : reasons.isUnschedulable;
    };
  },
};
