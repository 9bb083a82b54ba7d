import type { Deployment } from '@godwit/kinds';
import { available, type Bounds, byAge, type Set, sum, wanted } from './bounds.ts';
import { desiredOf, maximumOf } from './revisions.ts';
import type { Resize } from './rolling-update.ts';

/**
 * Whether `replicas` was changed since the sets were last sized: only then they are scaled in proportion. With
 * Recreate there is no proportion to keep; what is left of a rollout just goes on.
 */
export function isScaling(deployment: Deployment, sets: readonly Set[], { replicas }: Bounds): boolean {
  const active = sets.filter((set) => wanted(set) > 0);
  if (deployment.spec.strategy?.type === 'Recreate' && active.length > 1) return false;
  return active.some((set) => {
    const desired = desiredOf(set);
    return desired !== undefined && desired !== replicas;
  });
}

function isSaturated(fresh: Set | undefined, { replicas }: Bounds): boolean {
  if (!fresh) return false;
  return wanted(fresh) === replicas && desiredOf(fresh) === replicas && available(fresh) === replicas;
}

/** A set's share of growth (or shrinking), as its share of the size before. */
function shareOf(set: Set, deployment: Deployment, { replicas, maxSurge }: Bounds): number {
  if (replicas === 0) return -wanted(set);
  const before = maximumOf(set) ?? deployment.status?.replicas ?? 0;
  if (before === 0) return 0;
  return Math.round((wanted(set) * (replicas + maxSurge)) / before) - wanted(set);
}

/**
 * Shares a change of size out over the sets of an unfinished rollout, so that a rollout that goes wrong does
 * not get all the new pods. Larger sets first; what rounding leaves goes to the largest.
 */
function inProportion(active: readonly Set[], deployment: Deployment, bounds: Bounds): readonly Resize[] {
  const { replicas, maxSurge } = bounds;
  const toAdd = (replicas > 0 ? replicas + maxSurge : 0) - sum(active, wanted);
  // Of equal sizes the newest grows first, and the oldest shrinks first.
  const ordered = [...active].sort((a, b) => wanted(b) - wanted(a) || (toAdd > 0 ? byAge(b, a) : byAge(a, b)));
  let added = 0;
  const shares = ordered.map((set) => {
    const share = shareOf(set, deployment, bounds);
    const allowed = toAdd - added;
    const own =
      toAdd === 0 ? 0 : toAdd > 0 ? Math.max(0, Math.min(share, allowed)) : Math.min(0, Math.max(share, allowed));
    added += own;
    return own;
  });
  return ordered.map((set, index) => {
    const leftover = index === 0 ? toAdd - added : 0;
    return { set, replicas: Math.max(0, wanted(set) + (shares[index] ?? 0) + leftover) };
  });
}

/** The sizes after a change of `replicas`, with or without a rollout under way. */
export function scaleSets(
  deployment: Deployment,
  fresh: Set | undefined,
  old: readonly Set[],
  bounds: Bounds,
): readonly Resize[] {
  const all = fresh ? [...old, fresh] : old;
  const active = all.filter((set) => wanted(set) > 0);
  const [only] = active.length > 0 ? active : [fresh ?? [...old].sort(byAge).at(-1)];
  if (active.length <= 1) return only ? [{ set: only, replicas: bounds.replicas }] : [];
  if (isSaturated(fresh, bounds)) return old.filter((set) => wanted(set) > 0).map((set) => ({ set, replicas: 0 }));
  // Paused in the middle of a rollout, and not scaled: everything stays as it is.
  if (!isScaling(deployment, all, bounds)) return [];
  return inProportion(active, deployment, bounds);
}
