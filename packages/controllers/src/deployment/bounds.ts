import { countOf, type Deployment, type ReplicaSet, type Stored } from '@godwit/kinds';

export type Set = Stored<ReplicaSet>;

/** How far a rollout may go in either direction, in pods. */
export interface Bounds {
  readonly replicas: number;
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  /** Fewest pods that must be available. */
  readonly minAvailable: number;
}

/** Percentages of surge are rounded up, of unavailability down; both zero would stand still for ever. */
export function boundsOf({ spec }: Deployment): Bounds {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { replicas, maxSurge: 0, maxUnavailable: 0, minAvailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const surge = countOf(maxSurge, replicas, 'up');
  const away = countOf(maxUnavailable, replicas, 'down');
  const unavailable = Math.min(replicas, surge === 0 && away === 0 ? 1 : away);
  return { replicas, maxSurge: surge, maxUnavailable: unavailable, minAvailable: replicas - unavailable };
}

export const wanted = (set: ReplicaSet): number => set.spec.replicas ?? 1;
export const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
export const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);

export function byAge(a: Set, b: Set): number {
  const difference = Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);
  return difference || (a.metadata.name < b.metadata.name ? -1 : 1);
}
