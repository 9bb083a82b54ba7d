import type { Node, Taint } from '@godwit/kinds';
import { type Amounts, amountsOf } from '../amounts.ts';

/** All that placing needs to know of a host. */
export interface Host {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Its agent reports, and says that machines can run. */
  readonly ready: boolean;
  /** Takes new machines: nobody has cordoned it. */
  readonly schedulable: boolean;
  /** What machines may use, all together. */
  readonly capacity: Amounts;
  /** How many single GPUs it has. */
  readonly gpus?: number;
}

export function hostOfNode(node: Node): Host {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
  return {
    name: node.metadata.name ?? '',
    labels: node.metadata.labels ?? {},
    taints: node.spec?.taints ?? [],
    ready: ready && !node.metadata.deletionTimestamp,
    schedulable: node.spec?.unschedulable !== true,
    capacity: amountsOf(node.status?.allocatable ?? node.status?.capacity),
  };
}
