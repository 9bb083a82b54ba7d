import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';
import { matcherOfTerms } from './node-terms.ts';

/** Are all volumes of the machine within reach of the host? Local volumes are where they were made. */
export const reachesVolumes: Filter = {
  prepare(request, snapshot) {
    const matchers = request.volumes
      .filter(({ hosts }) => hosts !== undefined)
      .map(({ hosts }) => matcherOfTerms(hosts?.nodeSelectorTerms ?? []));
    if (matchers.length === 0) return undefined;
    return (row) => {
      const host = snapshot.hosts[row];
      for (const matches of matchers) if (!host || !matches(host)) return reasons.doesNotReachVolume;
      return reasons.passes;
    };
  },
};
