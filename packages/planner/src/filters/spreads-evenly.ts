import { type Reason, reasons } from '../reason.ts';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Filter } from './filter.ts';
import { countByPlace, type MachineMatcher, matcherOfMachineTerm } from './machine-terms.ts';
import { allowedHosts } from './matches-node-selector.ts';
import { untoleratedTaint } from './tolerates-taints.ts';

type Constraint = MachineRequest['spread'][number];

/** Would the machines of a group still be spread evenly enough over the places? */
export const spreadsEvenly: Filter = {
  prepare(request, snapshot) {
    const hard = request.spread.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule');
    if (hard.length === 0) return undefined;
    const tests = hard.map((constraint) => prepareConstraint(constraint, request, snapshot));
    return (row) => {
      for (const test of tests) {
        const reason = test(row);
        if (reason !== reasons.passes) return reason;
      }
      return reasons.passes;
    };
  },
};

function prepareConstraint(constraint: Constraint, request: MachineRequest, snapshot: Snapshot) {
  const { topologyKey: key, maxSkew } = constraint;
  const matches = matcherOfConstraint(constraint, request, snapshot);
  const counts = countByPlace(snapshot, key, matches);
  const places = eligiblePlaces(constraint, request, snapshot);
  const self = matches(request) ? 1 : 0;
  let fewest = places.size === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const place of places) fewest = Math.min(fewest, counts.get(place) ?? 0);
  if (places.size < (constraint.minDomains ?? 1)) fewest = 0;
  return (row: number): Reason => {
    const place = snapshot.hosts[row]?.labels[key];
    if (place === undefined) return reasons.hasNoTopologyLabel;
    return (counts.get(place) ?? 0) + self - fewest <= maxSkew ? reasons.passes : reasons.wouldSpreadUnevenly;
  };
}

/** The machines that a constraint counts: those of the same namespace that its selector selects. */
export function matcherOfConstraint(
  { topologyKey, labelSelector, matchLabelKeys }: Constraint,
  request: MachineRequest,
  snapshot: Snapshot,
): MachineMatcher {
  const term = { topologyKey, ...(labelSelector && { labelSelector }), ...(matchLabelKeys && { matchLabelKeys }) };
  return matcherOfMachineTerm(term, request, snapshot);
}

/** The places that count: where the machine could go as far as its selectors, and if asked its taints, go. */
function eligiblePlaces(constraint: Constraint, request: MachineRequest, snapshot: Snapshot): Set<string> {
  const allows = constraint.nodeAffinityPolicy === 'Ignore' ? undefined : allowedHosts(request);
  const places = new Set<string>();
  for (const host of snapshot.hosts) {
    const place = host?.labels[constraint.topologyKey];
    if (!host || place === undefined || (allows && !allows(host))) continue;
    if (constraint.nodeTaintsPolicy === 'Honor' && untoleratedTaint(host.taints, request.tolerations)) continue;
    places.add(place);
  }
  return places;
}
