import type { BalancePolicy } from '@godwit/kinds';
import { type Policy, policyOf } from './policy.ts';

/**
 * The policy by which machines are placed: `spec.placement` of the oldest BalancePolicy that has one and is for all
 * hosts; by name where two are as old. Without one, machines are spread. It stays the same object as long as it says
 * the same, because answers are remembered by policy.
 */
export class GoverningPolicy {
  #text = '';
  #policy: Policy = policyOf(undefined);

  of(policies: Iterable<BalancePolicy>): Policy {
    const [first] = [...policies].filter(governsAll).sort(byAge);
    const placement = first?.spec.placement;
    const text = placement ? JSON.stringify(placement) : '';
    if (text !== this.#text) {
      this.#text = text;
      this.#policy = policyOf(placement);
    }
    return this.#policy;
  }
}

function governsAll({ spec, metadata }: BalancePolicy): boolean {
  const { matchLabels = {}, matchExpressions = [] } = spec.hostSelector ?? {};
  const isForAll = Object.keys(matchLabels).length + matchExpressions.length === 0;
  return isForAll && spec.placement !== undefined && metadata.deletionTimestamp === undefined;
}

function byAge({ metadata: a }: BalancePolicy, { metadata: b }: BalancePolicy): number {
  const [one, other] = [`${a.creationTimestamp} ${a.name}`, `${b.creationTimestamp} ${b.name}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
