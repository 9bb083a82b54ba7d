import type { Score } from './score.ts';
import { shareLeft } from './share-left.ts';

/** How full would the host be? */
export const fillsUp: Score = {
  weight: 'fillsUp',
  prepare(request, snapshot) {
    const cpu = shareLeft('cpu', request, snapshot);
    const memory = shareLeft('memory', request, snapshot);
    return (row) => 1 - (cpu(row) + memory(row)) / 2;
  },
};
