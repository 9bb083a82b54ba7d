import { reasons } from '../reason.ts';
import { requiredAntiAffinity } from '../terms/index.ts';
import type { PlaceFilter, PlaceTest } from './filter.ts';

const NONE: readonly PlaceTest[] = [];

/** Are the machines that this one must be far from elsewhere, and do those that are there let it come? */
export const isFarFromFoes: PlaceFilter = {
  prepare(request, snapshot) {
    const own = requiredAntiAffinity(request);
    const others = snapshot.terms.keepingAway(request);
    if (own.length + others.length === 0) return NONE;
    const tests: PlaceTest[] = own.map((term) => {
      const { byPlace } = snapshot.terms.of(term, request);
      const ask = (place: string | undefined) =>
        place !== undefined && byPlace.has(place) ? reasons.hasFoes : reasons.passes;
      return { key: term.topologyKey, id: `far ${snapshot.terms.of(term, request).term.id}`, stamp: 0, ask };
    });
    for (const { term, byPlace } of others) {
      const ask = (place: string | undefined) =>
        place !== undefined && byPlace.has(place) ? reasons.isKeptAway : reasons.passes;
      tests.push({ key: term.topologyKey, id: `kept ${term.id}`, stamp: 0, ask });
    }
    return tests;
  },
};
