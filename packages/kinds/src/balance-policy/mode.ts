import { described, oneOf, type Static } from '../machinery/index.ts';

const modes = oneOf(['off', 'advise', 'automatic'], 'Whether plans are made, and whether they are carried out.');
export type PolicyMode = Static<typeof modes>;

/** off: nothing is done; advise: plans are written into the status; automatic: they are carried out. */
export const modeOf = (what: string) =>
  described(modes, `${what}: off, advise (plans stand in the status; the default) or automatic (carried out).`);

/** Thirty days: who waits longer means something else. */
export const LONGEST_SECONDS = 2_592_000;
