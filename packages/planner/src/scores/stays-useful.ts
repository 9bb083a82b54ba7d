import type { Snapshot } from '../snapshot/snapshot.ts';
import { Usefulness } from '../usefulness/index.ts';
import type { Score } from './score.ts';

const known = new WeakMap<Snapshot, Usefulness>();

/** How little of the host's GPUs is lost to the machines that usually come? Half when nothing is. */
export const staysUseful: Score = {
  weight: 'staysUseful',
  prepare({ amounts, gpu }, snapshot) {
    if (snapshot.usual.size === 0) return undefined;
    const usefulness = usefulnessOf(snapshot);
    const { cpu = 0, memory = 0 } = amounts;
    return (row) => 1 / (1 + 2 ** usefulness.loss(row, cpu, memory, gpu));
  },
};

function usefulnessOf(snapshot: Snapshot): Usefulness {
  let usefulness = known.get(snapshot);
  if (!usefulness?.isCurrent) {
    usefulness = new Usefulness(snapshot);
    known.set(snapshot, usefulness);
  }
  return usefulness;
}
