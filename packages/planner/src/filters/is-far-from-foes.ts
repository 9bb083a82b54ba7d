import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Filter } from './filter.ts';
import { countByPlace, matcherOfMachineTerm } from './machine-terms.ts';

/** Are the machines that this one must be far from elsewhere, and do those that are there let it come? */
export const isFarFromFoes: Filter = {
  prepare(request, snapshot) {
    const terms = request.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const own = terms.map((term) => ({
      key: term.topologyKey,
      places: countByPlace(snapshot, term.topologyKey, matcherOfMachineTerm(term, request, snapshot)),
    }));
    const others = placesKeptFree(request, snapshot);
    if (own.length === 0 && others.size === 0) return undefined;
    return (row) => {
      const labels = snapshot.hosts[row]?.labels;
      for (const { key, places } of own) {
        const place = labels?.[key];
        if (place !== undefined && places.has(place)) return reasons.hasFoes;
      }
      for (const [key, places] of others) {
        const place = labels?.[key];
        if (place !== undefined && places.has(place)) return reasons.isKeptAway;
      }
      return reasons.passes;
    };
  },
};

/** Places that machines already there keep free of this one, by topology key. */
function placesKeptFree(request: MachineRequest, snapshot: Snapshot): Map<string, Set<string>> {
  const places = new Map<string, Set<string>>();
  for (const { request: owner, row } of snapshot.repelling.values()) {
    for (const term of owner.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      const place = snapshot.hosts[row]?.labels[term.topologyKey];
      if (place === undefined || !matcherOfMachineTerm(term, owner, snapshot)(request)) continue;
      const known = places.get(term.topologyKey) ?? new Set();
      places.set(term.topologyKey, known.add(place));
    }
  }
  return places;
}
