import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';

/** Is the host one of those that the policy is for? */
export const isGoverned: Filter = {
  prepare(_request, { hosts }, { governs }) {
    if (!governs) return undefined;
    return (row) => {
      const host = hosts[row];
      return host && governs(host.labels) ? reasons.passes : reasons.hasOtherPolicy;
    };
  },
};
