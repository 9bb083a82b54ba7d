import { Failure } from '@godwit/base';

const PERCENTAGE = /^(\d+)%$/;

export function isPercentage(value: string | number): boolean {
  return typeof value === 'string' && PERCENTAGE.test(value);
}

/**
 * A count that may be given as a share of `total`: `3`, or `"25%"`. Shares are rounded as told. Throws
 * Failure `invalid-count` for other text.
 */
export function countOf(value: string | number, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = PERCENTAGE.exec(value)?.[1];
  if (percent === undefined) throw new Failure('invalid-count', `${value} is neither a number nor a percentage`);
  const exact = (Number(percent) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
