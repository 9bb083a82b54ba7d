import { tolerates } from '../filters/tolerates-taints.ts';
import { hostState } from '../snapshot/host.ts';
import type { Score } from './score.ts';

/** How few taints has the host that ask machines to stay away without insisting? */
export const avoidsTaints: Score = {
  weight: 'avoidsTaints',
  prepare(request, snapshot) {
    const { values } = snapshot.states;
    return (row) => {
      if (((values[row] as number) & hostState.hasTaints) === 0) return 1;
      let count = 0;
      for (const taint of snapshot.hosts[row]?.taints ?? []) {
        if (taint.effect === 'PreferNoSchedule' && !tolerates(request.tolerations, taint)) count++;
      }
      return 1 / (1 + count);
    };
  },
};
