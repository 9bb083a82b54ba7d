import { type BalancePolicy, selects } from '@godwit/kinds';
import { type Policy, policyOf } from './policy.ts';

/**
 * The policy by which machines are placed: what `spec.placement` of each BalancePolicy says about the hosts that are
 * its own. Of several that select a host the first by {@link goesBefore} has it; hosts that none selects are spread
 * over. It stays the same object as long as it says the same, because answers are remembered by policy.
 */
export class GoverningPolicy {
  #text = '';
  #policy: Policy = policyOf(undefined);

  of(policies: Iterable<BalancePolicy>): Policy {
    const placing = [...policies]
      .filter(({ spec, metadata }) => spec.placement && metadata.deletionTimestamp === undefined)
      .toSorted((a, b) => (goesBefore(a, b) ? -1 : 1));
    const last = placing.findIndex(isForAll);
    const heard = last < 0 ? placing : placing.slice(0, last + 1);
    const text = JSON.stringify(heard.map(({ spec }) => [spec.hostSelector, spec.placement]));
    if (text !== this.#text) {
      this.#text = text;
      this.#policy = together(heard);
    }
    return this.#policy;
  }
}

/** The last of them is for all hosts that the others do not select; without such a one, hosts are spread over. */
function together(policies: readonly BalancePolicy[]): Policy {
  const general = policies.find(isForAll);
  const special = policies.filter((policy) => policy !== general);
  const base = policyOf(general?.spec.placement);
  if (special.length === 0) return base;
  type Labels = Readonly<Record<string, string>>;
  const isOf = (policy: BalancePolicy, labels: Labels) => selects(policy.spec.hostSelector, labels);
  return {
    ...base,
    governs: (labels) => !special.some((policy) => isOf(policy, labels)),
    others: special.map((policy, at) => ({
      ...policyOf(policy.spec.placement),
      governs: (labels: Labels) => special.findIndex((each) => isOf(each, labels)) === at,
    })),
  };
}

function isForAll({ spec }: BalancePolicy): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.hostSelector ?? {};
  return Object.keys(matchLabels).length + matchExpressions.length === 0;
}

/**
 * Whether a host that both select is the one's and not the other's: who selects hosts by label goes before who is for
 * all, then the older, then by name.
 */
export function goesBefore(one: BalancePolicy, other: BalancePolicy): boolean {
  if (isForAll(one) !== isForAll(other)) return isForAll(other);
  const [a, b] = [one, other].map(({ metadata }) => `${metadata.creationTimestamp} ${metadata.name}`);
  return (a as string) < (b as string);
}
