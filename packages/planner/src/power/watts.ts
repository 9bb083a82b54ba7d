/**
 * What a host draws, in watts, at loads that are evenly spaced from nothing to all of it: SPECpower publishes
 * eleven points, two are enough. Linear between them.
 */
export type PowerCurve = readonly number[];

/** Watts at a share of the host's processors, from 0 to 1; shares outside count as the nearer end. */
export function wattsAt(curve: PowerCurve, share: number): number {
  const last = curve.length - 1;
  const place = Math.max(0, Math.min(1, share)) * last;
  const below = Math.min(Math.floor(place), Math.max(0, last - 1));
  const low = curve[below] ?? 0;
  const high = curve[below + 1] ?? low;
  return low + (high - low) * (place - below);
}
