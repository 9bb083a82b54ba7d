import type { Deployment } from '@godwit/kinds';
import { available, type Set, sum, wanted } from './bounds.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;

/** The numbers of the status; conditions come from `rollout-conditions`. */
export function countReplicas(deployment: Deployment, fresh: Set | undefined, old: readonly Set[]): DeploymentStatus {
  const all = fresh ? [...old, fresh] : old;
  const availableReplicas = sum(all, available);
  const collisionCount = deployment.status?.collisionCount;
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: fresh?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas,
    unavailableReplicas: Math.max(0, sum(all, wanted) - availableReplicas),
    terminatingReplicas: sum(all, (set) => set.status?.terminatingReplicas ?? 0),
    ...(collisionCount !== undefined && { collisionCount }),
  };
}

/** Every pod is of the newest version and available, and no other is left. */
export function isComplete({ spec, metadata }: Deployment, status: DeploymentStatus): boolean {
  const replicas = spec.replicas ?? 1;
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

const count = (of: number | undefined): number => of ?? 0;
const old = ({ replicas, updatedReplicas }: DeploymentStatus): number => count(replicas) - count(updatedReplicas);

/** Something moved forward since `before` was written. */
export function hasProgressed(before: DeploymentStatus, status: DeploymentStatus): boolean {
  return (
    count(status.updatedReplicas) > count(before.updatedReplicas) ||
    old(status) < old(before) ||
    count(status.readyReplicas) > count(before.readyReplicas) ||
    count(status.availableReplicas) > count(before.availableReplicas)
  );
}
