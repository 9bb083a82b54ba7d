import { type BalancePolicy, type Node, type Stored, selects } from '@godwit/kinds';

/**
 * The hosts that a policy governs: those that it selects (all, without a selector) and that no older policy does; of
 * policies that are as old, the one whose name comes first. So every host has one policy at most, whatever overlaps.
 */
export function governedHosts(
  policy: Stored<BalancePolicy>,
  policies: readonly Stored<BalancePolicy>[],
  nodes: readonly Stored<Node>[],
): { readonly hosts: readonly Stored<Node>[]; readonly lostTo: readonly string[] } {
  const older = policies.filter((other) => other !== policy && comesBefore(other, policy));
  const hosts: Stored<Node>[] = [];
  const lostTo = new Set<string>();
  for (const node of nodes) {
    if (!isSelected(policy, node)) continue;
    const owner = older.find((other) => isSelected(other, node));
    if (owner) lostTo.add(owner.metadata.name);
    else hosts.push(node);
  }
  return { hosts, lostTo: [...lostTo].toSorted() };
}

function comesBefore({ metadata: one }: Stored<BalancePolicy>, { metadata: other }: Stored<BalancePolicy>): boolean {
  if (one.creationTimestamp !== other.creationTimestamp) return one.creationTimestamp < other.creationTimestamp;
  return one.name < other.name;
}

const isSelected = ({ spec }: BalancePolicy, { metadata }: Node) =>
  spec.hostSelector === undefined || selects(spec.hostSelector, metadata.labels ?? {});
