import type { AskedPart, Held, LimitedCount } from '@godwit/planner';

/**
 * What is done instead of what was asked for, and why; nothing where that is done.
 * @param amount of so many units
 */
export function heldAt(
  units: number,
  { wanted, stabilized, limited }: Pick<LimitedCount, 'stabilized' | 'limited'> & { readonly wanted: number },
  amount: (units: number) => number = (machines) => machines,
): Pick<AskedPart, 'held'> {
  if (units === wanted) return {};
  const stable: Held = stabilized === 'no' ? 'idle' : stabilized;
  return { held: { at: amount(units), since: limited === 'within' ? stable : limited } };
}
