import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

/** Has the host as many GPUs with enough of each left? Parts that are free on several do not add up. */
export const hasFreeGpus: Filter = {
  prepare({ gpu }, { gpus }) {
    if (!gpu) return undefined;
    const { count, share } = gpu;
    return (row) => {
      const free = gpus.free(row);
      let found = 0;
      for (let device = 0; device < free.length; device++) if ((free[device] as number) >= share) found++;
      return found >= count ? reasons.passes : reasons.lacksGpus;
    };
  },
};
