import type { Faults } from '../validation/index.ts';
import { durationMs } from './duration.ts';

/** Ten years: what is later is in no scenario. */
export const HORIZON_MS = 520 * 604_800_000;

/** Its milliseconds; undefined where it is absent, or wrong, which is noted. */
export function checkDuration(
  path: string,
  text: string | undefined,
  faults: Faults,
  { least, most }: { least: number; most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const ms = durationMs(text);
  if (ms === undefined) faults.invalid(path, text, 'must be a duration such as 90s, 5m, 6h or 2d');
  else if (ms < least || ms > most)
    faults.invalid(path, text, `must be between ${least / 1000} and ${most / 1000} seconds`);
  else return ms;
  return undefined;
}
