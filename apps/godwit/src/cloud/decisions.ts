import type { DerivedKind } from '@godwit/api';
import {
  anyKind,
  balancePolicy,
  builtInKinds,
  decision,
  node,
  pod,
  virtualMachine,
  virtualMachineInstance,
} from '@godwit/kinds';
import { decisionsOf } from '@godwit/planner';

/** What is placed, switched, moved or given another size, and everything that has a number of machines. */
export const decidedKinds = [
  anyKind(pod),
  anyKind(virtualMachineInstance),
  anyKind(virtualMachine),
  anyKind(node),
  anyKind(balancePolicy),
  ...builtInKinds.filter(({ subresources }) => subresources.scale !== undefined),
];

/** Decisions are read out of the records that stand beside what was decided. */
export const decisions: DerivedKind = { kind: anyKind(decision), sources: decidedKinds, read: decisionsOf };
