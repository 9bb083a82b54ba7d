import type { DerivedKind } from '@godwit/api';
import {
  anyKind,
  balancePolicy,
  decision,
  deployment,
  node,
  pod,
  replicaSet,
  virtualMachine,
  virtualMachineInstance,
} from '@godwit/kinds';
import { decisionsOf } from '@godwit/planner';

/** Decisions are read out of the records that stand beside what was decided. */
export const decisions: DerivedKind = {
  kind: anyKind(decision),
  sources: [
    anyKind(pod),
    anyKind(virtualMachineInstance),
    anyKind(virtualMachine),
    anyKind(node),
    anyKind(deployment),
    anyKind(replicaSet),
    anyKind(balancePolicy),
  ],
  read: decisionsOf,
};
