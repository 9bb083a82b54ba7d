import type { PodAffinityTerm } from '@godwit/kinds';
import { countsOfConstraint } from '../filters/spreads-evenly.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { PlaceCounts } from '../terms/index.ts';
import type { PlaceWish } from './score.ts';

/** What a constraint that need not hold weighs beside affinities, whose weights go from 1 to 100. */
const SPREAD_WEIGHT = 100;

/** Where a machine would like to be for the sake of others: preferred affinities, and spreading that need not hold. */
export function placeWishes(request: MachineRequest, snapshot: Snapshot): PlaceWish[] {
  const wishes: PlaceWish[] = [];
  const { podAffinity, podAntiAffinity } = request.affinity ?? {};
  const like = (term: PodAffinityTerm, weight: number, sign: 1 | -1) =>
    wishes.push(wishOf(snapshot.terms.of(term, request), weight, sign));
  for (const { weight, podAffinityTerm } of podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    like(podAffinityTerm, weight, 1);
  for (const { weight, podAffinityTerm } of podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
    like(podAffinityTerm, weight, -1);
  for (const constraint of request.spread) {
    if (constraint.whenUnsatisfiable !== 'ScheduleAnyway') continue;
    wishes.push(wishOf(countsOfConstraint(constraint, request, snapshot), SPREAD_WEIGHT, -1));
  }
  return wishes;
}

/** The more machines that are meant a place has, the better (1) or the worse (-1), measured by the place with most. */
function wishOf(counts: PlaceCounts, weight: number, sign: 1 | -1): PlaceWish {
  const { byPlace, most, term } = counts;
  return {
    key: term.topologyKey,
    id: `${sign} ${weight} ${term.id}`,
    stamp: most,
    weight,
    fulfils: (place) => (place === undefined ? 0 : (sign * (byPlace.get(place) ?? 0)) / most),
    places: byPlace,
  };
}
