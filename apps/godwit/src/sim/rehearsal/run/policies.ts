import type { PlacementSpec } from '@godwit/kinds';
import { fragmentationPolicy, type Policy, packPolicy, spreadPolicy } from '@godwit/planner';

const STRATEGIES: Readonly<Record<NonNullable<PlacementSpec['strategy']>, Policy>> = {
  spread: spreadPolicy,
  pack: packPolicy,
  fragmentation: fragmentationPolicy,
  energy: packPolicy,
};

/** What the scheduler works by. */
export function policyOf(name: string, { strategy = 'spread', overcommit }: PlacementSpec): Policy {
  return {
    ...STRATEGIES[strategy],
    name,
    ...(overcommit && { overcommit: overcommit as Readonly<Record<string, number>> }),
  };
}
