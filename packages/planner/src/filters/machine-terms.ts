import { type LabelSelector, type PodAffinityTerm, selects } from '@godwit/kinds';
import type { MachineRequest } from '../request/machine-request.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Whether a machine is one of those that a term means. */
export type MachineMatcher = (machine: MachineRequest) => boolean;

/** An affinity term as its owner means it: which machines, and what counts as the same place. */
export function matcherOfMachineTerm(term: PodAffinityTerm, owner: MachineRequest, snapshot: Snapshot): MachineMatcher {
  const selector = withLabelKeys(term, owner);
  const inNamespace = namespaceMatcher(term, owner, snapshot);
  return (machine) => inNamespace(machine.namespace) && selects(selector, machine.labels);
}

function namespaceMatcher(
  { namespaces, namespaceSelector }: PodAffinityTerm,
  owner: MachineRequest,
  snapshot: Snapshot,
): (namespace: string) => boolean {
  if (!namespaceSelector && !namespaces?.length) return (namespace) => namespace === owner.namespace;
  return (namespace) =>
    namespaces?.includes(namespace) === true ||
    (namespaceSelector !== undefined && selects(namespaceSelector, snapshot.namespaceLabels.get(namespace) ?? {}));
}

/** `matchLabelKeys` narrows a selector to the values that its owner has, `mismatchLabelKeys` to others. */
function withLabelKeys(term: PodAffinityTerm, owner: MachineRequest): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (!labelSelector || matchLabelKeys.length + mismatchLabelKeys.length === 0) return labelSelector;
  const expressions = [
    ...matchLabelKeys.map((key) => ({ key, operator: 'In' as const })),
    ...mismatchLabelKeys.map((key) => ({ key, operator: 'NotIn' as const })),
  ].filter(({ key }) => owner.labels[key] !== undefined);
  return {
    ...labelSelector,
    matchExpressions: [
      ...(labelSelector.matchExpressions ?? []),
      ...expressions.map(({ key, operator }) => ({ key, operator, values: [owner.labels[key] ?? ''] })),
    ],
  };
}

/** How many machines that match there are in each place, by the value of the topology label. */
export function countByPlace(snapshot: Snapshot, topologyKey: string, matches: MachineMatcher): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { request, row } of snapshot.machines.values()) {
    const place = snapshot.hosts[row]?.labels[topologyKey];
    if (place === undefined || !matches(request)) continue;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}
