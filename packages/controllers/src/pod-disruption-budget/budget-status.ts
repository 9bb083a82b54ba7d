import {
  type Condition,
  countOf,
  isPodActive,
  isPodFinished,
  isPodReady,
  type Pod,
  type PodDisruptionBudget,
  type Stored,
} from '@godwit/kinds';

export type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;

/** An eviction that has not become visible by then did not happen. */
const EVICTION_SEEN_WITHIN_MS = 120_000;
const ALLOWED = 'DisruptionAllowed';

export interface BudgetFacts {
  /** Pods that the budget selects. */
  readonly pods: readonly Stored<Pod>[];
  /** How many pods there should be, as far as who manages them says it; shares are of this number. */
  readonly wanted: number;
  readonly nowMs: number;
  /** RFC 3339. */
  readonly now: string;
}

function desiredHealthy({ spec }: PodDisruptionBudget, expected: number): number {
  const { minAvailable, maxUnavailable } = spec ?? {};
  if (maxUnavailable !== undefined) return Math.max(0, expected - countOf(maxUnavailable, expected, 'up'));
  return minAvailable === undefined ? 0 : countOf(minAvailable, expected, 'up');
}

/** Pods that were told to go and still look alive, as long as that may be a delay. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Stored<Pod>[], nowMs: number) {
  const alive = new Set(pods.filter(isPodActive).map(({ metadata }) => metadata.name));
  const told = Object.entries(budget.status?.disruptedPods ?? {});
  return Object.fromEntries(
    told.filter(([name, since]) => alive.has(name) && Date.parse(since) + EVICTION_SEEN_WITHIN_MS > nowMs),
  );
}

function conditionsOf(budget: PodDisruptionBudget, allowed: number, now: string): readonly Condition[] {
  const others = (budget.status?.conditions ?? []).filter(({ type }) => type !== ALLOWED);
  const known = budget.status?.conditions?.find(({ type }) => type === ALLOWED);
  const status = allowed > 0 ? 'True' : 'False';
  const reason = allowed > 0 ? 'SufficientPods' : 'InsufficientPods';
  const observedGeneration = budget.metadata.generation ?? 0;
  const lastTransitionTime = known?.status === status ? known.lastTransitionTime : now;
  return [...others, { type: ALLOWED, status, reason, message: '', observedGeneration, lastTransitionTime }];
}

/** What the status should say. Pure. */
export function budgetStatus(budget: PodDisruptionBudget, { pods, wanted, nowMs, now }: BudgetFacts): BudgetStatus {
  const covered = pods.filter((pod) => !isPodFinished(pod));
  const disruptedPods = stillDisrupted(budget, covered, nowMs);
  const healthy = covered.filter(
    (pod) => isPodActive(pod) && isPodReady(pod) && disruptedPods[pod.metadata.name] === undefined,
  );
  const desired = desiredHealthy(budget, wanted);
  const disruptionsAllowed = wanted > 0 ? Math.max(0, healthy.length - desired) : 0;
  return {
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    disruptionsAllowed,
    currentHealthy: healthy.length,
    desiredHealthy: desired,
    expectedPods: wanted,
    conditions: conditionsOf(budget, disruptionsAllowed, now),
  };
}

/**
 * How many pods there should be: what their sets ask for, and every pod that no set manages as itself.
 * @param sizeOf the size that the controller with this uid asks for; undefined where it has none
 */
export function wantedPods(
  budget: PodDisruptionBudget,
  pods: readonly Stored<Pod>[],
  sizeOf: (controllerUid: string) => number | undefined,
): number {
  const { minAvailable } = budget.spec ?? {};
  if (typeof minAvailable === 'number') return pods.length;
  const sets = new Map<string, number>();
  let single = 0;
  for (const { metadata } of pods) {
    const uid = metadata.ownerReferences?.find((owner) => owner.controller)?.uid;
    const size = uid === undefined ? undefined : sizeOf(uid);
    if (uid === undefined || size === undefined) single++;
    else sets.set(uid, size);
  }
  return [...sets.values()].reduce((total, size) => total + size, single);
}
