import {
  isFinal,
  type Stored,
  type VirtualMachineInstance,
  type VirtualMachineInstanceReplicaSet,
} from '@godwit/kinds';
import { type Claim, claim } from '../framework/index.ts';

/** Most instances that one round makes or takes away, so that one large set does not hold up the others. */
const BURST = 250;

type Instance = Stored<VirtualMachineInstance>;

export interface Observed {
  readonly set: Stored<VirtualMachineInstanceReplicaSet>;
  /** Instances whose controller the set is. */
  readonly owned: readonly Instance[];
  /** Instances of the namespace that have no controller. */
  readonly orphans: readonly Instance[];
}

export interface Decision extends Pick<Claim<VirtualMachineInstance>, 'adopt' | 'release'> {
  /** How many to make. */
  readonly create: number;
  /** What has ended, and what is too much, the most dispensable first. */
  readonly remove: readonly Instance[];
  readonly replicas: number;
  readonly readyReplicas: number;
}

/** What has to happen so that the set has the instances that it asks for. Pure. */
export function decide({ set, owned, orphans }: Observed): Decision {
  const { claimed, adopt, release } = claim(set, owned, orphans);
  const present = claimed.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const active = present.filter((instance) => !isFinal(instance));
  const idle = set.spec.paused === true || set.metadata.deletionTimestamp !== undefined;
  const missing = idle ? 0 : (set.spec.replicas ?? 1) - active.length;
  const ended = idle ? [] : present.filter(isFinal);
  const surplus = missing < 0 ? byDispensability(active).slice(0, -missing) : [];
  return {
    adopt: idle ? [] : adopt,
    release: idle ? [] : release,
    create: Math.min(BURST, Math.max(0, missing)),
    remove: [...ended, ...surplus].slice(0, BURST),
    replicas: active.length,
    readyReplicas: active.filter(isReady).length,
  };
}

export function isReady({ status }: VirtualMachineInstance): boolean {
  return status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True') ?? false;
}

/** Instances that do least go first: without a host, not running, not ready; of equals the youngest. */
function byDispensability(instances: readonly Instance[]): readonly Instance[] {
  const rank = (instance: Instance): number =>
    (instance.status?.nodeName ? 1 : 0) + (instance.status?.phase === 'Running' ? 2 : 0) + (isReady(instance) ? 4 : 0);
  const born = ({ metadata }: Instance) => Date.parse(metadata.creationTimestamp ?? '') || 0;
  return instances.toSorted(
    (a, b) => rank(a) - rank(b) || born(b) - born(a) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
}
