import { thousandths, wholeUnits } from '@godwit/kinds';

/**
 * How much of each resource, by its Kubernetes name. `cpu` counts in thousandths of a core, `memory` and
 * `ephemeral-storage` in bytes, `pods` and devices (`nvidia.com/gpu`) in pieces. Whole numbers, so that
 * sums are exact.
 */
export type Amounts = Readonly<Record<string, number>>;

export { gpuShareResource } from '@godwit/kinds';

/** Processor time, in thousandths of a core, of machines that have their cores to themselves. Counted, never asked for. */
export const dedicatedCpuResource = 'godwit.dev/dedicated-cpu';

type ResourceList = Readonly<Record<string, string | number>>;

/** Amounts of a Kubernetes resource list. What is not a quantity counts as nothing. */
export function amountsOf(resources: ResourceList | undefined): Record<string, number> {
  const amounts: Record<string, number> = {};
  for (const name in resources) amounts[name] = amountOf(name, resources[name] as string | number);
  return amounts;
}

export function amountOf(resource: string, quantity: string | number): number {
  return resource === 'cpu' ? thousandths(quantity) : wholeUnits(quantity);
}

/** What is no number from 0 to 2⁵³ counts as nothing: it neither takes room nor makes any. */
export function soundAmount(amount: number | undefined): number {
  return amount !== undefined && amount > 0 && amount <= Number.MAX_SAFE_INTEGER ? amount : 0;
}

/** Adds `more` to `sum` in place. */
export function addAmounts(sum: Record<string, number>, more: Amounts): void {
  for (const name in more) sum[name] = (sum[name] ?? 0) + (more[name] as number);
}

/** Raises `most` to `other` in place, resource by resource. */
export function raiseAmounts(most: Record<string, number>, other: Amounts): void {
  for (const name in other) most[name] = Math.max(most[name] ?? 0, other[name] as number);
}
