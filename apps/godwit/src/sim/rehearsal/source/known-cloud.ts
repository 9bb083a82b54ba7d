import {
  asleepTaint,
  type BalancePolicy,
  type KubeObject,
  type Node,
  outOfServiceTaint,
  type Stored,
  unreachableTaint,
} from '@godwit/kinds';
import { hostOfNode } from '@godwit/planner';
import type { HostFacts } from '../cloud/index.ts';
import type { KnownCloud } from '../plan/index.ts';
import { type KnownUse, knownGroups } from './known-groups.ts';

/** What is read of a cloud. */
export interface CloudObjects {
  readonly nodes: readonly KubeObject[];
  readonly instances: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
  readonly policies?: readonly KubeObject[];
  /** What machines use, where somebody measures it. */
  readonly use?: KnownUse;
}

/** Of hosts that say nothing of what they draw. */
const WATTS = [100, 300];
const SLEEP_WATTS = 5;
const MOST_MACHINES = 110;
/** Taints that tell how a host stands, and not what it is. */
const STATES = [unreachableTaint, outOfServiceTaint, asleepTaint];

/**
 * The hosts of a cloud, its BalancePolicies, and its machines in groups of which all are alike. Of machines their kind,
 * size, labels and constraints are taken over, and what they use now where that is known; not devices and volumes. All
 * hosts are up at the beginning, whatever they are now.
 */
export function knownCloudOf({ nodes, instances, pods, policies = [], use = new Map() }: CloudObjects): KnownCloud {
  return {
    hosts: nodes.map((node) => factsOf(node as Stored<Node>)),
    groups: knownGroups([...instances, ...pods], use),
    policies: (policies as readonly BalancePolicy[])
      .toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
      .map(({ metadata, spec }) => ({ name: metadata.name ?? '', spec })),
  };
}

function factsOf(node: Stored<Node>): HostFacts {
  const { name, labels, capacity, watts = WATTS } = hostOfNode(node);
  const { cpu = 0, memory = 0, pods = MOST_MACHINES } = capacity;
  const taints = (node.spec?.taints ?? []).filter(({ key }) => !STATES.includes(key));
  return {
    name,
    labels: { 'kubernetes.io/hostname': name, ...labels },
    ...(taints.length > 0 && { taints }),
    cpuMillis: cpu,
    memoryBytes: memory,
    machines: pods,
    watts,
    sleepWatts: Math.min(SLEEP_WATTS, watts[0] ?? SLEEP_WATTS),
    pricePerHour: 0,
  };
}
