import { reasons } from '../reason.ts';
import type { Filter } from './filter.ts';
import { countByPlace, matcherOfMachineTerm } from './machine-terms.ts';

/** Are the machines that this one must be near to in the same place? The first of a group may go anywhere. */
export const isNearFriends: Filter = {
  prepare(request, snapshot) {
    const terms = request.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    if (terms.length === 0) return undefined;
    const prepared = terms.map((term) => {
      const matches = matcherOfMachineTerm(term, request, snapshot);
      const counts = countByPlace(snapshot, term.topologyKey, matches);
      return { key: term.topologyKey, counts, isFirst: counts.size === 0 && matches(request) };
    });
    return (row) => {
      const labels = snapshot.hosts[row]?.labels;
      for (const { key, counts, isFirst } of prepared) {
        const place = labels?.[key];
        if (place === undefined) return reasons.hasNoTopologyLabel;
        if (!isFirst && !counts.has(place)) return reasons.hasNoFriends;
      }
      return reasons.passes;
    };
  },
};
