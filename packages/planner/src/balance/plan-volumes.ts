/** Where volumes are: a host's disk or a shared store, in bytes. */
export interface VolumePool {
  readonly name: string;
  readonly capacity: number;
  /** What is used of it, by volumes and by anything else. */
  readonly used: number;
  /** Takes volumes. */
  readonly open: boolean;
}

export interface PooledVolume {
  readonly id: string;
  /** Index of its pool. */
  readonly pool: number;
  /** Bytes that it uses, which may be fewer than it was promised. */
  readonly used: number;
  readonly movable: boolean;
}

export interface VolumeMove {
  readonly volume: number;
  readonly from: number;
  readonly to: number;
}

export interface VolumePlan {
  readonly moves: readonly VolumeMove[];
  /** Pools that stay too full, as nothing that may move would fit elsewhere. */
  readonly full: readonly number[];
}

/** Where a pool is emptied because it is too full, it is emptied so far below: else a little growth would do it again. */
const HYSTERESIS = 0.05;

/**
 * Which volumes to move away from pools that are fuller than the policy allows: as few bytes as will do, each to
 * the pool that is emptiest afterwards and stays below the same limit. Pools and volumes whose numbers make no sense
 * are left alone.
 * @param usage share of a pool, from 0 to 1, above which volumes leave
 * @param allows whether a pool may have a volume at all
 */
export function planVolumes(
  pools: readonly VolumePool[],
  volumes: readonly PooledVolume[],
  usage: number,
  allows: (volume: number, pool: number) => boolean = () => true,
): VolumePlan {
  const used = pools.map((pool) => pool.used);
  const sane = (pool: number) => {
    const one = pools[pool];
    return (
      one !== undefined &&
      one.capacity > 0 &&
      Number.isFinite(one.capacity) &&
      one.used >= 0 &&
      Number.isFinite(one.used)
    );
  };
  const shareOf = (pool: number, more = 0) => ((used[pool] ?? 0) + more) / (pools[pool]?.capacity ?? 1);
  const targetFor = (volume: number, size: number) => {
    const fitting = [...pools.keys()].filter(
      (pool) =>
        pool !== volumes[volume]?.pool &&
        sane(pool) &&
        pools[pool]?.open &&
        shareOf(pool, size) <= usage - HYSTERESIS &&
        allows(volume, pool),
    );
    return fitting.toSorted((a, b) => shareOf(a, size) - shareOf(b, size))[0];
  };
  const moves: VolumeMove[] = [];
  const full: number[] = [];
  for (const pool of pools.keys()) {
    if (!sane(pool) || shareOf(pool) <= usage) continue;
    const leaving = [...volumes.keys()].filter((volume) => {
      const one = volumes[volume];
      return one?.pool === pool && one.movable && one.used > 0 && Number.isFinite(one.used);
    });
    while (shareOf(pool) > usage - HYSTERESIS) {
      const excess = (used[pool] ?? 0) - (usage - HYSTERESIS) * (pools[pool]?.capacity ?? 0);
      const volume = bestToLeave(leaving, volumes, excess, (one, size) => targetFor(one, size) !== undefined);
      if (volume === undefined) break;
      const size = volumes[volume]?.used ?? 0;
      const to = targetFor(volume, size) as number;
      used[pool] = (used[pool] ?? 0) - size;
      used[to] = (used[to] ?? 0) + size;
      moves.push({ volume, from: pool, to });
      leaving.splice(leaving.indexOf(volume), 1);
    }
    if (shareOf(pool) > usage) full.push(pool);
  }
  return { moves, full };
}

/** The smallest that is enough alone, or else the largest. */
function bestToLeave(
  leaving: readonly number[],
  volumes: readonly PooledVolume[],
  excess: number,
  hasTarget: (volume: number, size: number) => boolean,
): number | undefined {
  const size = (volume: number) => volumes[volume]?.used ?? 0;
  const possible = leaving.filter((volume) => hasTarget(volume, size(volume))).toSorted((a, b) => size(a) - size(b));
  return possible.find((volume) => size(volume) >= excess) ?? possible.at(-1);
}
