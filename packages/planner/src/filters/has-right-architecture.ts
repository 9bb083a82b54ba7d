import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

const LABEL = 'kubernetes.io/arch';

/** Has the host the processors that the machine was made for? One that does not say is believed to have. */
export const hasRightArchitecture: Filter = {
  prepare({ architecture }, snapshot) {
    if (!architecture) return undefined;
    return (row) => {
      const found = snapshot.hosts[row]?.labels[LABEL];
      return found === undefined || found === architecture ? reasons.passes : reasons.hasOtherArchitecture;
    };
  },
};
