import { type BalancePolicy, type Node, type Stored, selects } from '@godwit/kinds';
import { goesBefore } from '@godwit/planner';

/**
 * The hosts that a policy governs: those that it selects (all, without a selector) and that no policy does which goes
 * before it (`goesBefore`). So every host has one policy at most, whatever overlaps.
 */
export function governedHosts(
  policy: Stored<BalancePolicy>,
  policies: readonly Stored<BalancePolicy>[],
  nodes: readonly Stored<Node>[],
): { readonly hosts: readonly Stored<Node>[]; readonly lostTo: readonly string[] } {
  const others = policies.filter((other) => other !== policy && goesBefore(other, policy));
  const hosts: Stored<Node>[] = [];
  const lostTo = new Set<string>();
  for (const node of nodes) {
    if (!isSelected(policy, node)) continue;
    const owner = others.find((other) => isSelected(other, node));
    if (owner) lostTo.add(owner.metadata.name);
    else hosts.push(node);
  }
  return { hosts, lostTo: [...lostTo].toSorted() };
}

/** Equal as long as the policies that go before one are the same, and select the same labels. */
export function rivalsOf(policy: Stored<BalancePolicy>, policies: readonly Stored<BalancePolicy>[]): string {
  const others = policies.filter((other) => other !== policy && goesBefore(other, policy));
  return JSON.stringify(others.map(({ metadata, spec }) => [metadata.uid, spec.hostSelector]));
}

const isSelected = ({ spec }: BalancePolicy, { metadata }: Node) =>
  spec.hostSelector === undefined || selects(spec.hostSelector, metadata.labels ?? {});
