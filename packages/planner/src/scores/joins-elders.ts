import type { Score } from './score.ts';

/** Ages below the first count as none, those above the second as old as can be, in seconds. */
const YOUNG = 300;
const OLD = 30 * 86_400;

/**
 * How long has a machine of the host been there already? Lifetimes are long-tailed: what has lasted will last, and
 * keeps its host awake. Machines that come join such hosts, so that others become empty.
 */
export const joinsElders: Score = {
  weight: 'joinsElders',
  prepare(_request, { ages }) {
    const { values } = ages;
    return (row) => {
      const age = values[row] as number;
      if (age <= YOUNG) return 0;
      return age >= OLD ? 1 : Math.log(age / YOUNG) / Math.log(OLD / YOUNG);
    };
  },
};
