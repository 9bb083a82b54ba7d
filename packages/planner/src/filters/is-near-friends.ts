import { reasons } from '../reason.ts';
import { requiredAffinity } from '../terms/index.ts';
import type { PlaceFilter } from './filter.ts';

/** Are the machines that this one must be near to in the same place? The first of a group may go anywhere. */
export const isNearFriends: PlaceFilter = {
  prepare(request, snapshot) {
    return requiredAffinity(request).map((wanted) => {
      const { byPlace, term } = snapshot.terms.of(wanted, request);
      const isFirst = byPlace.size === 0 && term.matches(request);
      return {
        key: term.topologyKey,
        id: `near ${term.id}`,
        stamp: isFirst ? 1 : 0,
        ...(!isFirst && { within: byPlace }),
        ask: (place) => {
          if (place === undefined) return reasons.hasNoTopologyLabel;
          return isFirst || byPlace.has(place) ? reasons.passes : reasons.hasNoFriends;
        },
      };
    });
  },
};
