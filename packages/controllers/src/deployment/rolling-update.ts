import { available, type Bounds, byAge, type Set, sum, wanted } from './bounds.ts';

/** A set and the size that it should have. */
export interface Resize {
  readonly set: Set;
  readonly replicas: number;
}

/**
 * The size of the new set: up as far as the surge leaves room beside the old ones, down at once.
 * @param size its present size; 0 before it exists
 */
export function newSetSize(size: number, old: readonly Set[], { replicas, maxSurge }: Bounds): number {
  if (size >= replicas) return replicas;
  const room = replicas + maxSurge - (size + sum(old, wanted));
  return room <= 0 ? size : size + Math.min(room, replicas - size);
}

/** Takes pods that do not work anyway from the old sets, at most `limit`. */
function takeUnhealthy(old: readonly Set[], limit: number): Map<Set, number> {
  const sizes = new Map<Set, number>();
  let left = limit;
  for (const set of [...old].sort(byAge)) {
    const unhealthy = Math.min(left, wanted(set) - available(set));
    if (unhealthy <= 0) continue;
    sizes.set(set, wanted(set) - unhealthy);
    left -= unhealthy;
  }
  return sizes;
}

/**
 * How far the old sets may shrink now. What does not work goes first, because it costs nothing; of what
 * works, only as much as keeps `minAvailable` pods available.
 */
export function shrinkOldSets(fresh: Set, old: readonly Set[], { minAvailable }: Bounds): readonly Resize[] {
  const all = [...old, fresh];
  const unavailableFresh = wanted(fresh) - available(fresh);
  const dispensable = sum(all, wanted) - minAvailable - unavailableFresh;
  if (dispensable <= 0) return [];
  const sizes = takeUnhealthy(old, dispensable);
  const sizeOf = (set: Set) => sizes.get(set) ?? wanted(set);
  let surplus = sum(all, available) - minAvailable;
  for (const set of [...old].sort(byAge)) {
    if (surplus <= 0) break;
    const taken = Math.min(surplus, sizeOf(set));
    if (taken <= 0) continue;
    sizes.set(set, sizeOf(set) - taken);
    surplus -= taken;
  }
  return [...sizes].map(([set, replicas]) => ({ set, replicas }));
}
