import { type Node, type PersistentVolume, type Stored, volumeHostLabel, wholeUnits } from '@godwit/kinds';
import { planVolumes } from '@godwit/planner';

export interface StorageAdvice {
  readonly moves: readonly { readonly volume: string; readonly from: string; readonly to: string }[];
  /** Hosts that stay too full. */
  readonly full: readonly string[];
}

/**
 * Which volumes should move to other hosts. A host's storage counts as full by what its volumes may grow to: what
 * was promised to them.
 * @param usage share of a host's storage, from 0 to 1, that may be promised
 */
export function storageAdvice(
  nodes: readonly Stored<Node>[],
  volumes: readonly Stored<PersistentVolume>[],
  usage: number,
): StorageAdvice {
  const names = nodes.map(({ metadata }) => metadata.name);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const local = volumes.flatMap((volume) => {
    const pool = indexOf.get(volume.metadata.labels?.[volumeHostLabel] ?? '');
    if (pool === undefined) return [];
    const used = wholeUnits(volume.spec.capacity?.storage);
    const movable = volume.status?.phase === 'Bound' && !volume.metadata.deletionTimestamp;
    return [{ id: volume.metadata.name, pool, used, movable }];
  });
  const pools = nodes.map((node, index) => ({
    name: names[index] as string,
    capacity: wholeUnits(node.status?.capacity?.['ephemeral-storage']),
    used: local.reduce((sum, { pool, used }) => sum + (pool === index ? used : 0), 0),
    open: isReady(node) && node.spec?.unschedulable !== true,
  }));
  const { moves, full } = planVolumes(pools, local, usage);
  const name = (pool: number) => names[pool] ?? '';
  return {
    moves: moves.map(({ volume, from, to }) => ({ volume: local[volume]?.id ?? '', from: name(from), to: name(to) })),
    full: full.map(name),
  };
}

const isReady = ({ status }: Node) =>
  status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
