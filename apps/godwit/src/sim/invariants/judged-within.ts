import type { SimulatedCloud } from '../cloud/simulated-cloud.ts';

/** How late a write may come after what it was decided from: calls are slow, and several of them make one decision. */
const USUAL_MS = 12_000;

/**
 * What was so a moment ago may have been decided from. A program that was held still meanwhile may go on with what it
 * had in mind before.
 */
export function judgedWithinMs({ stations }: SimulatedCloud, nowMs: number): number {
  const heldSinceMs = stations[0]?.life?.heldSinceMs;
  return USUAL_MS + (heldSinceMs === undefined ? 0 : Math.max(0, nowMs - heldSinceMs));
}
