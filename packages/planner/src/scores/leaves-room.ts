import type { Score } from './score.ts';
import { shareLeft } from './share-left.ts';

/** How much room would be left on the host? */
export const leavesRoom: Score = {
  weight: 'leavesRoom',
  prepare(request, snapshot) {
    const cpu = shareLeft('cpu', request, snapshot);
    const memory = shareLeft('memory', request, snapshot);
    return (row) => (cpu(row) + memory(row)) / 2;
  },
};
