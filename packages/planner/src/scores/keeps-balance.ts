import type { Score } from './score.ts';
import { shareLeft } from './share-left.ts';

/** Would processors and memory of the host run out at the same time, so that neither is left over unused? */
export const keepsBalance: Score = {
  weight: 'keepsBalance',
  prepare(request, snapshot) {
    const cpu = shareLeft('cpu', request, snapshot);
    const memory = shareLeft('memory', request, snapshot);
    return (row) => 1 - Math.abs(cpu(row) - memory(row));
  },
};
