import type { Faults } from '../validation/index.ts';
import { checkDuration } from './check-duration.ts';

/** What loads and demands share: a value over time, said in one of three ways. */
interface Rhythm {
  readonly constant?: number;
  readonly low?: number;
  readonly high?: number;
  readonly peakAt?: string;
  readonly trace?: string;
  readonly every?: string;
}

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

export function validateRhythm(
  { constant, low, high, trace, every, peakAt }: Rhythm,
  path: string,
  faults: Faults,
): void {
  const ways = [constant !== undefined, low !== undefined || high !== undefined, trace !== undefined];
  if (ways.filter(Boolean).length !== 1) faults.invalid(path, '', 'must say one of constant, low and high, or trace');
  if (every !== undefined && trace === undefined) faults.forbidden(`${path}.every`, 'is for traces');
  if (peakAt !== undefined && low === undefined && high === undefined)
    faults.forbidden(`${path}.peakAt`, 'is for what has low and high');
  if (low !== undefined && high !== undefined && high < low)
    faults.invalid(`${path}.high`, high, 'must not be less than low');
  checkDuration(`${path}.every`, every, faults, { least: 1_000, most: WEEK_MS });
  checkDuration(`${path}.peakAt`, peakAt, faults, { least: 0, most: DAY_MS });
}
