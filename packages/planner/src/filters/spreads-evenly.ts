import { reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { PlaceCounts } from '../terms/index.ts';
import type { PlaceFilter, PlaceTest } from './filter.ts';
import { allowedHosts } from './matches-node-selector.ts';
import { untoleratedTaint } from './tolerates-taints.ts';

type Constraint = MachineRequest['spread'][number];

/** Would the machines of a group still be spread evenly enough over the places? */
export const spreadsEvenly: PlaceFilter = {
  prepare(request, snapshot) {
    const tests: PlaceTest[] = [];
    for (const constraint of request.spread) {
      if (constraint.whenUnsatisfiable === 'DoNotSchedule') tests.push(testOf(constraint, request, snapshot));
    }
    return tests;
  },
};

/** How evenly the machines of a group are spread as far as one constraint counts them. */
export interface Evenness extends Pick<PlaceCounts, 'byPlace' | 'term'> {
  /** What the machine itself would add to its place: 1, or 0 where it is none of the group. */
  readonly self: number;
  /** The least that any place has. */
  readonly fewest: number;
}

function testOf(constraint: Constraint, request: MachineRequest, snapshot: Snapshot): PlaceTest {
  const { topologyKey: key, maxSkew } = constraint;
  const { byPlace, term, self, fewest } = evennessOf(constraint, request, snapshot);
  return {
    key,
    id: `spread ${term.id} ${maxSkew} ${self}`,
    stamp: fewest,
    ask: (place) => {
      if (place === undefined) return reasons.hasNoTopologyLabel;
      return (byPlace.get(place) ?? 0) + self - fewest <= maxSkew ? reasons.passes : reasons.wouldSpreadUnevenly;
    },
  };
}

export function evennessOf(constraint: Constraint, request: MachineRequest, snapshot: Snapshot): Evenness {
  const { byPlace, term } = countsOfConstraint(constraint, request, snapshot);
  const places = eligiblePlaces(constraint, request, snapshot);
  const self = term.matches(request) ? 1 : 0;
  let fewest = places.size === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const place of places) {
    fewest = Math.min(fewest, byPlace.get(place) ?? 0);
    if (fewest === 0) break;
  }
  if (places.size < (constraint.minDomains ?? 1)) fewest = 0;
  return { byPlace, term, self, fewest };
}

/** The machines that a constraint counts: those of the same namespace that its selector selects. */
export function countsOfConstraint(
  { topologyKey, labelSelector, matchLabelKeys }: Constraint,
  request: MachineRequest,
  snapshot: Snapshot,
): PlaceCounts {
  const term = { topologyKey, ...(labelSelector && { labelSelector }), ...(matchLabelKeys && { matchLabelKeys }) };
  return snapshot.terms.of(term, request);
}

/** The places that count: where the machine could go as far as its selectors, and if asked its taints, go. */
function eligiblePlaces(constraint: Constraint, request: MachineRequest, snapshot: Snapshot): ReadonlySet<string> {
  const { topologyKey: key, nodeAffinityPolicy, nodeTaintsPolicy } = constraint;
  const topology = snapshot.topology(key);
  const allows = nodeAffinityPolicy === 'Ignore' ? undefined : allowedHosts(request);
  const tolerations = nodeTaintsPolicy === 'Honor' ? request.tolerations : undefined;
  if (!allows && !tolerations) return topology.places;
  const required = request.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const question = JSON.stringify([allows ? [request.nodeSelector, required] : 0, tolerations ?? 0]);
  return topology.placesWhere(question, (row) => {
    const host = snapshot.hosts[row];
    if (!host || (allows && !allows(host))) return false;
    return !tolerations || !untoleratedTaint(host.taints, tolerations);
  });
}
