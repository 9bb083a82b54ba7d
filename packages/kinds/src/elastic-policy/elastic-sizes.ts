import { parseQuantity } from '../quantity.ts';
import { at, type Faults } from '../validation/index.ts';
import type { ElasticPolicySpec } from './elastic-policy.ts';

type Sizes = NonNullable<NonNullable<ElasticPolicySpec['up']>['cpu']>;

/** Between what sizes of machines make sense: cores and bytes. */
const possible = {
  cpu: { least: 0.001, most: 65_536, words: 'must be between 1m and 65536 processors' },
  memory: { least: 2 ** 20, most: 2 ** 50, words: 'must be between 1Mi and 1Pi' },
} as const;

/** @param whole processors cannot be parted */
export function validateSizes(
  resource: keyof typeof possible,
  { minimum, maximum, step }: Sizes,
  whole: boolean,
  path: string,
  faults: Faults,
): void {
  const { least, most, words } = possible[resource];
  const amountOf = (field: keyof Sizes, given: string | number): number => {
    const amount = parseQuantity(given) ?? Number.NaN;
    if (!(amount > 0)) faults.invalid(at(path, field), given, 'must be greater than 0');
    else if (amount < least || amount > most) faults.invalid(at(path, field), given, words);
    else if (whole && resource === 'cpu' && !Number.isInteger(amount))
      faults.invalid(at(path, field), given, 'must be whole: virtual machines have whole processors');
    return amount;
  };
  const [smallest, largest] = [amountOf('minimum', minimum), amountOf('maximum', maximum)];
  if (largest < smallest) faults.invalid(at(path, 'maximum'), maximum, 'must be greater than or equal to `minimum`');
  if (step === undefined) return;
  const grain = amountOf('step', step);
  if (largest >= smallest && Math.floor(largest / grain + 1e-9) * grain < smallest - 1e-9 * grain)
    faults.invalid(at(path, 'step'), step, 'no multiple of it is between `minimum` and `maximum`');
}

/** How many machines of the least size have as much as one of the largest. */
export function growthOf({ up }: ElasticPolicySpec, resource: string): number {
  const { minimum, maximum } = up?.[resource as keyof typeof possible] ?? { minimum: 1, maximum: 1 };
  return (parseQuantity(maximum) ?? 1) / (parseQuantity(minimum) ?? 1);
}
