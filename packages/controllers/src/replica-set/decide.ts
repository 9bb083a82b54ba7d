import { availableAtMs, isPodActive, type Pod, type ReplicaSet, type Stored } from '@godwit/kinds';
import { claim } from '../framework/index.ts';
import { rankForDeletion } from './rank-for-deletion.ts';

/** Most pods that one round makes or takes away, so that one large set does not hold up the others. */
export const BURST = 500;

export interface Observed {
  readonly set: Stored<ReplicaSet>;
  /** Pods whose controller the set is. */
  readonly owned: readonly Stored<Pod>[];
  /** Pods of the namespace that have no controller. */
  readonly orphans: readonly Stored<Pod>[];
  /** Active pods of sets of the same Deployment. */
  readonly related: readonly Stored<Pod>[];
  readonly nowMs: number;
}

export interface Decision {
  readonly adopt: readonly Stored<Pod>[];
  readonly release: readonly Stored<Pod>[];
  /** How many pods to make. */
  readonly create: number;
  /** Pods to delete, the most dispensable first. */
  readonly remove: readonly Stored<Pod>[];
  /** The set's pods after adoption and release: what the status counts. */
  readonly pods: readonly Stored<Pod>[];
  /** In how many milliseconds a pod that is ready becomes available; undefined when there is none. */
  readonly availableInMs?: number;
}

/** When the next ready pod has been ready for long enough. */
function nextAvailability(pods: readonly Stored<Pod>[], minReadySeconds: number, nowMs: number): number | undefined {
  const waits = pods.map((pod) => (availableAtMs(pod, minReadySeconds) ?? 0) - nowMs).filter((waitMs) => waitMs > 0);
  return waits.length > 0 ? Math.min(...waits) : undefined;
}

/** What has to happen so that the set has the pods that it asks for. Pure. */
export function decide({ set, owned, orphans, related, nowMs }: Observed): Decision {
  const { claimed, adopt, release } = claim(set, owned, orphans);
  const active = claimed.filter(isPodActive);
  const wanted = set.spec.replicas ?? 1;
  const deleting = set.metadata.deletionTimestamp !== undefined;
  const missing = deleting ? 0 : wanted - active.length;
  const surplus = Math.min(BURST, Math.max(0, -missing));
  const availableInMs = nextAvailability(active, set.spec.minReadySeconds ?? 0, nowMs);
  return {
    adopt,
    release,
    create: Math.min(BURST, Math.max(0, missing)),
    remove: surplus === 0 ? [] : rankForDeletion(active, related).slice(0, surplus),
    pods: claimed,
    ...(availableInMs !== undefined && { availableInMs }),
  };
}
