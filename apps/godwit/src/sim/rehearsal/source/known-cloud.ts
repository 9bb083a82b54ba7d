import type { KubeObject, Node, Stored } from '@godwit/kinds';
import { hostOfNode, requestOfMachine } from '@godwit/planner';
import type { HostFacts } from '../cloud/index.ts';
import type { KnownCloud, PlannedGroup } from '../plan/index.ts';

/** What is read of a cloud. */
export interface CloudObjects {
  readonly nodes: readonly KubeObject[];
  readonly instances: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
}

const IDLE_WATTS = 100;
const FULL_WATTS = 300;
const SLEEP_WATTS = 5;
const MOST_MACHINES = 110;
/** What machines use of which nothing is known, as a share of what they ask for. */
const USED_SHARE = 0.5;

/**
 * The hosts of a cloud, and its machines in groups of one kind and size. What machines say of their places
 * (affinities, volumes) is not taken over, and power is guessed.
 */
export function knownCloudOf({ nodes, instances, pods }: CloudObjects): KnownCloud {
  const groups = new Map<string, PlannedGroup>();
  for (const machine of [...instances, ...pods]) {
    const { amounts, finished, kind } = requestOfMachine(machine);
    if (finished) continue;
    const { cpu = 0, memory = 0 } = amounts;
    const isPod = kind !== 'VirtualMachineInstance';
    const name = `${isPod ? 'pod' : 'vm'}-${cpu}m-${Math.round(memory / 2 ** 20)}mi`;
    const known = groups.get(name);
    groups.set(name, {
      name,
      kind: isPod ? 'Pod' : 'VirtualMachine',
      count: (known?.count ?? 0) + 1,
      cpuMillis: cpu,
      memoryBytes: memory,
      load: () => USED_SHARE,
      percentPerWeek: 0,
      apart: undefined,
    });
  }
  return { hosts: nodes.map((node) => factsOf(node as Stored<Node>)), groups: [...groups.values()] };
}

function factsOf(node: Stored<Node>): HostFacts {
  const { name, labels, capacity } = hostOfNode(node);
  const { cpu = 0, memory = 0, pods = MOST_MACHINES } = capacity;
  return {
    name,
    labels,
    cpuMillis: cpu,
    memoryBytes: memory,
    machines: pods,
    idleWatts: IDLE_WATTS,
    fullWatts: FULL_WATTS,
    sleepWatts: SLEEP_WATTS,
    pricePerHour: 0,
  };
}
