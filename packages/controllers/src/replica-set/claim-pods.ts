import { type Pod, type ReplicaSet, type Stored, selects } from '@godwit/kinds';

export interface Claim {
  /** Pods that are the set's from now on, adopted ones included. */
  readonly claimed: readonly Stored<Pod>[];
  readonly adopt: readonly Stored<Pod>[];
  readonly release: readonly Stored<Pod>[];
}

/**
 * @param owned pods whose controller the set is
 * @param orphans pods of the same namespace that have no controller
 */
export function claimPods(
  set: Stored<ReplicaSet>,
  owned: readonly Stored<Pod>[],
  orphans: readonly Stored<Pod>[],
): Claim {
  const isSelected = (pod: Stored<Pod>) => selects(set.spec.selector, pod.metadata.labels);
  const kept = owned.filter(isSelected);
  // A set or pod on its way out changes hands no more.
  const release = owned.filter((pod) => !isSelected(pod) && pod.metadata.deletionTimestamp === undefined);
  const adoptable = set.metadata.deletionTimestamp === undefined ? orphans : [];
  const adopt = adoptable.filter((pod) => isSelected(pod) && pod.metadata.deletionTimestamp === undefined);
  return { claimed: [...kept, ...adopt], adopt, release };
}
