import { type Deployment, isDeepEqual, type Stored } from '@godwit/kinds';
import { type Bounds, boundsOf, byAge, type Set, wanted } from './bounds.ts';
import { countReplicas, isComplete } from './deployment-status.ts';
import { isScaling, scaleSets } from './proportional-scale.ts';
import { type Annotations, nextRevision, revisionOf, sizeAnnotations, versionAnnotations } from './revisions.ts';
import { newSetSize, type Resize, shrinkOldSets } from './rolling-update.ts';
import { isSameTemplate } from './template-hash.ts';

export interface Observed {
  readonly deployment: Stored<Deployment>;
  /** Every ReplicaSet that the Deployment manages. */
  readonly sets: readonly Set[];
}

/** A change of one ReplicaSet. */
export interface SetChange {
  readonly set: Set;
  readonly replicas: number;
  readonly annotations: Annotations;
  readonly minReadySeconds: number;
}

export interface Decision {
  readonly fresh: Set | undefined;
  readonly old: readonly Set[];
  readonly bounds: Bounds;
  /** The set to make for a new version. */
  readonly create?: { readonly replicas: number; readonly annotations: Annotations };
  readonly change: readonly SetChange[];
  readonly remove: readonly Set[];
  /** Number of the newest version, for the Deployment itself; undefined while there is none. */
  readonly revision?: number;
}

/** The set of the present template: the oldest one, should there be several. */
export function findFresh(deployment: Deployment, sets: readonly Set[]): Set | undefined {
  return [...sets].sort(byAge).find((set) => isSameTemplate(set.spec.template, deployment.spec.template));
}

/** Old versions beyond the limit, oldest first; only such as have no pods and are through with the past. */
function surplusHistory(old: readonly Set[], limit: number): readonly Set[] {
  const kept = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const idle = kept.filter(
    (set) =>
      wanted(set) === 0 &&
      (set.status?.replicas ?? 0) === 0 &&
      (set.status?.observedGeneration ?? 0) >= (set.metadata.generation ?? 0),
  );
  const surplus = Math.max(0, kept.length - limit);
  return [...idle].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus);
}

/** Pods of old versions still run, or have not yet stopped: what Recreate waits for. */
function arePodsLeft(old: readonly Set[]): boolean {
  return old.some(({ spec, status, metadata }) => {
    const seen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
    return (spec.replicas ?? 1) > 0 || !seen || (status?.replicas ?? 0) + (status?.terminatingReplicas ?? 0) > 0;
  });
}

/** One step of a rollout: the sizes that change now, and the size of a set that is yet to be made. */
function step(observed: Observed, fresh: Set | undefined, old: readonly Set[], bounds: Bounds): readonly Resize[] {
  const { deployment, sets } = observed;
  if (deployment.spec.paused || isScaling(deployment, sets, bounds)) return scaleSets(deployment, fresh, old, bounds);
  const running = old.filter((set) => wanted(set) > 0);
  if (deployment.spec.strategy?.type === 'Recreate') {
    if (running.length > 0) return running.map((set) => ({ set, replicas: 0 }));
    return fresh && !arePodsLeft(old) ? [{ set: fresh, replicas: bounds.replicas }] : [];
  }
  if (!fresh) return [];
  const size = newSetSize(wanted(fresh), old, bounds);
  if (size !== wanted(fresh)) return [{ set: fresh, replicas: size }];
  return shrinkOldSets(fresh, running, bounds);
}

/** The size of the new version's set at its birth; undefined while it must not be born. */
function sizeAtBirth({ deployment, sets }: Observed, old: readonly Set[], bounds: Bounds): number | undefined {
  if (deployment.spec.paused || isScaling(deployment, sets, bounds)) return undefined;
  if (deployment.spec.strategy?.type !== 'Recreate') return newSetSize(0, old, bounds);
  return arePodsLeft(old) ? undefined : bounds.replicas;
}

/** What has to happen next. Pure. */
export function decide(observed: Observed): Decision {
  const { deployment, sets } = observed;
  const bounds = boundsOf(deployment);
  const fresh = findFresh(deployment, sets);
  const old = sets.filter((set) => set !== fresh);
  const base = { fresh, old, bounds, change: [], remove: [] };
  if (deployment.metadata.deletionTimestamp !== undefined) return base;
  const revision = nextRevision(old);
  if (!fresh) {
    const replicas = sizeAtBirth(observed, old, bounds);
    if (replicas !== undefined) {
      const annotations = { ...versionAnnotations(deployment, undefined, revision), ...sizeAnnotations(bounds) };
      return { ...base, create: { replicas, annotations }, revision };
    }
  }
  const change = changes(observed, fresh, old, bounds, revision);
  const status = countReplicas(deployment, fresh, old);
  const through = change.length === 0 && (deployment.spec.paused || isComplete(deployment, status));
  return {
    ...base,
    change,
    remove: through ? surplusHistory(old, deployment.spec.revisionHistoryLimit ?? 10) : [],
    ...(fresh && { revision: Math.max(revision, revisionOf(fresh)) }),
  };
}

function changes(
  observed: Observed,
  fresh: Set | undefined,
  old: readonly Set[],
  bounds: Bounds,
  revision: number,
): readonly SetChange[] {
  const { deployment } = observed;
  const { minReadySeconds = 0, paused } = deployment.spec;
  const sizes = new Map(step(observed, fresh, old, bounds).map(({ set, replicas }) => [set, replicas]));
  const scaling = paused || isScaling(deployment, observed.sets, bounds);
  return [...old, ...(fresh ? [fresh] : [])].flatMap((set) => {
    const replicas = sizes.get(set) ?? wanted(set);
    const annotations = {
      ...(set === fresh && !paused ? versionAnnotations(deployment, set, revision) : set.metadata.annotations),
      // Scaled sets are told apart by these numbers from those that still have to be.
      ...((sizes.has(set) || (set === fresh && !scaling)) && sizeAnnotations(bounds)),
    };
    const ready = set === fresh && !paused ? minReadySeconds : (set.spec.minReadySeconds ?? 0);
    const same =
      replicas === wanted(set) &&
      ready === (set.spec.minReadySeconds ?? 0) &&
      isDeepEqual(annotations, set.metadata.annotations ?? {});
    return same ? [] : [{ set, replicas, annotations, minReadySeconds: ready }];
  });
}
