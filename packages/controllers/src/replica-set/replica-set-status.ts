import {
  hasLabels,
  isPodActive,
  isPodAvailable,
  isPodFinished,
  isPodReady,
  type Pod,
  type ReplicaSet,
  type ReplicaSetCondition,
  type Stored,
} from '@godwit/kinds';
import type { RoundFailure } from '../framework/index.ts';

export type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;

const FAILURE = 'ReplicaFailure';

function conditionsOf(
  before: readonly ReplicaSetCondition[] | undefined,
  failure: RoundFailure | undefined,
  now: string,
): readonly ReplicaSetCondition[] {
  const others = (before ?? []).filter(({ type }) => type !== FAILURE);
  if (!failure) return others;
  const known = before?.find(({ type }) => type === FAILURE);
  // The first message stays: each try names another pod, and a new status would be a reason to try again at once.
  if (known?.reason === failure.reason) return [...others, known];
  return [...others, { type: FAILURE, status: 'True', lastTransitionTime: now, ...failure }];
}

/** What the status should say of these pods. Pure. */
export function replicaSetStatus(
  set: Stored<ReplicaSet>,
  pods: readonly Stored<Pod>[],
  at: { readonly nowMs: number; readonly now: string },
  failure?: RoundFailure,
): ReplicaSetStatus {
  const { minReadySeconds = 0, template } = set.spec;
  const active = pods.filter(isPodActive);
  const labels = template.metadata?.labels ?? {};
  const wantsLabels = Object.keys(labels).length > 0;
  const leaving = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod));
  const conditions = conditionsOf(set.status?.conditions, failure, at.now);
  return {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => !wantsLabels || hasLabels(labels, pod.metadata.labels)).length,
    readyReplicas: active.filter(isPodReady).length,
    availableReplicas: active.filter((pod) => isPodAvailable(pod, minReadySeconds, at.nowMs)).length,
    terminatingReplicas: leaving.length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}
