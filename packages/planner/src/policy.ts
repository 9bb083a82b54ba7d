import type { Amounts } from './amounts.ts';

/** How good hosts are told from better ones. Weights are relative; a weight of 0 leaves a question out. */
export interface Policy {
  readonly name: string;
  readonly weights: Weights;
  /**
   * How much of a resource may be given out, as a multiple of what is there: `{cpu: 4}` gives out every core four
   * times. What is not named is given out once.
   */
  readonly overcommit?: Amounts;
}

export interface Weights {
  /** How much room is left afterwards: high weight spreads machines out. */
  readonly leavesRoom: number;
  /** How full the host is afterwards: high weight packs machines together. */
  readonly fillsUp: number;
  /** Whether processors and memory run out at the same time. */
  readonly keepsBalance: number;
  /** What the machine says it would like. */
  readonly isPreferred: number;
  /** Taints that ask, but do not insist. */
  readonly avoidsTaints: number;
  /** How little of the GPUs is lost to the machines that usually come. */
  readonly staysUseful: number;
}

/** Room for everybody: the default. */
export const spreadPolicy: Policy = {
  name: 'spread',
  weights: { leavesRoom: 4, fillsUp: 0, keepsBalance: 1, isPreferred: 6, avoidsTaints: 3, staysUseful: 0 },
};

/** As few hosts as will do: what saves power. */
export const packPolicy: Policy = {
  name: 'pack',
  weights: { leavesRoom: 0, fillsUp: 4, keepsBalance: 1, isPreferred: 6, avoidsTaints: 3, staysUseful: 0 },
};

/**
 * As little as possible is left over that nobody can use: GPUs that are used in parts, or that lack the processors
 * to go with them. Among hosts that stay as useful, the fuller one.
 */
export const fragmentationPolicy: Policy = {
  name: 'fragmentation-aware',
  weights: { leavesRoom: 0, fillsUp: 1, keepsBalance: 0, isPreferred: 200, avoidsTaints: 100, staysUseful: 200 },
};
