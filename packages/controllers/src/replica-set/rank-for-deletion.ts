import { isPodReady, type Pod, podCondition, type Stored } from '@godwit/kinds';

/** A pod's users may say how much they would miss it: lower goes first. */
const COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';

const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** Numbers that are compared one after the other; the pod with the smaller ones goes first. */
type Rank = readonly number[];

function instant(text: string | undefined): number {
  const at = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? 0 : at;
}

function deletionCost(pod: Stored<Pod>): number {
  const text = pod.metadata.annotations?.[COST_ANNOTATION] ?? '';
  return /^-?\d{1,10}$/.test(text) ? Number(text) : 0;
}

function restarts(pod: Stored<Pod>): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount));
}

/**
 * Kubernetes' order of preference: pods that do least go first (without a node, not running, not ready),
 * then those that are missed least, those that share their node with most of their kind, those that became
 * ready last, those that restarted most, and the youngest.
 */
function rankOf(pod: Stored<Pod>, neighbours: number): Rank {
  const ready = isPodReady(pod);
  return [
    pod.spec.nodeName ? 1 : 0,
    PHASE_ORDER[pod.status?.phase ?? 'Pending'] ?? 0,
    ready ? 1 : 0,
    deletionCost(pod),
    -neighbours,
    ready ? -instant(podCondition(pod, 'Ready')?.lastTransitionTime) : 0,
    -restarts(pod),
    -instant(pod.metadata.creationTimestamp),
  ];
}

function compareRanks(a: Rank, b: Rank): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * `pods`, the most dispensable first.
 * @param related active pods of the same workload, these included: they tell how crowded a node is
 */
export function rankForDeletion(pods: readonly Stored<Pod>[], related: readonly Stored<Pod>[]): readonly Stored<Pod>[] {
  const crowd = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) crowd.set(spec.nodeName, (crowd.get(spec.nodeName) ?? 0) + 1);
  return pods
    .map((pod) => ({ pod, rank: rankOf(pod, crowd.get(pod.spec.nodeName ?? '') ?? 0) }))
    .sort((a, b) => compareRanks(a.rank, b.rank) || (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1))
    .map(({ pod }) => pod);
}
