/** As many machines as a rehearsal takes: of one group, from its beginning to its end. */
export const MOST_MACHINES = 1_000_000;
