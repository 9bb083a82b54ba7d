import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Does the host run, and does it take new machines? A cordon can be tolerated, an absent agent cannot. */
export const isReady: Filter = {
  prepare(request, snapshot) {
    const toleratesCordon = request.tolerations.some(
      ({ key, operator, effect }) =>
        (key === UNSCHEDULABLE || (!key && operator === 'Exists')) && (!effect || effect === 'NoSchedule'),
    );
    return (row) => {
      const host = snapshot.hosts[row];
      if (!host?.ready) return reasons.isNotReady;
      return host.schedulable || toleratesCordon ? reasons.passes : reasons.isUnschedulable;
    };
  },
};
