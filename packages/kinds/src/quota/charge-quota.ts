import { addQuantities, compareQuantities, subtractQuantities } from '../exact-quantity.ts';
import type { ResourceTotals } from '../pod/pod-resources.ts';
import type { ResourceQuota } from '../resource-quota.ts';
import type { ResourceList } from '../shared/resource-list.ts';

/** What a quota says to a change of usage. */
export type Charge =
  /** Nothing that it counts changes. */
  | { readonly type: 'untouched' }
  /** It fits; `used` is what is used from now on. */
  | { readonly type: 'fits'; readonly used: ResourceList }
  /** It does not; `message` says by how much. */
  | { readonly type: 'exceeded'; readonly message: string };

function listed(names: readonly string[], amounts: ResourceList): string {
  return names.map((name) => `${name}=${amounts[name] ?? 0}`).join(',');
}

/**
 * Whether usage may go from `before` to `after`. Only what grows can exceed a limit: whoever is over already
 * may still shrink. `used` comes from the quota's status, which is written together with the objects it counts.
 */
export function chargeQuota(quota: ResourceQuota, before: ResourceTotals, after: ResourceTotals): Charge {
  const hard = quota.spec?.hard ?? {};
  const used: Record<string, string | number> = { ...quota.status?.used };
  const growth: Record<string, string> = {};
  let touched = false;
  for (const name of Object.keys(hard)) {
    const delta = subtractQuantities(after[name] ?? 0, before[name] ?? 0);
    if (compareQuantities(delta, 0) === 0) continue;
    touched = true;
    used[name] = addQuantities(used[name] ?? 0, delta);
    if (compareQuantities(delta, 0) > 0) growth[name] = delta;
    // A recount that came between may have taken it off already.
    else if (compareQuantities(used[name] ?? 0, 0) < 0) used[name] = '0';
  }
  if (!touched) return { type: 'untouched' };
  const over = Object.keys(growth).filter((name) => compareQuantities(used[name] ?? 0, hard[name] ?? 0) > 0);
  if (over.length === 0) return { type: 'fits', used };
  const known = quota.status?.used ?? {};
  const numbers = `requested: ${listed(over, growth)}, used: ${listed(over, known)}, limited: ${listed(over, hard)}`;
  return { type: 'exceeded', message: `exceeded quota: ${quota.metadata.name}, ${numbers}` };
}

const COMPUTE = /^(?:requests\.|limits\.)?(?:cpu|memory)$/;

/** Compute resources that the quota limits and the machine does not speak of: it must, to be counted. */
export function unspokenOf(quota: ResourceQuota, usage: ResourceTotals): readonly string[] {
  return Object.keys(quota.spec?.hard ?? {}).filter((name) => COMPUTE.test(name) && usage[name] === undefined);
}
