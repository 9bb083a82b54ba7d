import type { Node, NodeCondition } from '@godwit/kinds';

/** What a host is and has. */
export interface NodeFacts {
  readonly hostname: string;
  readonly ips: readonly string[];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly memoryAvailableBytes: number;
  readonly storageBytes: number;
  readonly storageAvailableBytes: number;
  readonly mostMachines: number;
  readonly info: NonNullable<NonNullable<Node['status']>['nodeInfo']>;
  /** Kept back for the host itself. */
  readonly reservedCpuMillis: number;
  readonly reservedMemoryBytes: number;
  /** Images that machines start from without waiting, at most {@link MOST_IMAGES}. */
  readonly images?: NonNullable<Node['status']>['images'];
  /** More to tell: how machines are accelerated, for example. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly conditions: readonly {
    readonly type: string;
    readonly holds: boolean;
    readonly reason: string;
    readonly message: string;
  }[];
}

/** As many images as Kubernetes' agent tells of. */
const MOST_IMAGES = 50;
const LEAST_MEMORY_BYTES = 100 * 2 ** 20;
const LEAST_STORAGE_SHARE = 0.05;

type NodeStatus = NonNullable<Node['status']>;

/** Pure: the status of a Node. Conditions keep their transition time while they do not turn. */
export function nodeStatus(facts: NodeFacts, before: readonly NodeCondition[], now: string): NodeStatus {
  return {
    capacity: resources(facts, 0, 0),
    allocatable: resources(facts, facts.reservedCpuMillis, facts.reservedMemoryBytes),
    conditions: verdicts(facts).map((verdict) => {
      const { type, holds, reason, message } = verdict;
      const status = holds ? 'True' : 'False';
      const known = before.find((condition) => condition.type === type);
      const lastTransitionTime = known?.status === status ? (known.lastTransitionTime ?? now) : now;
      return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime };
    }),
    addresses: [
      ...facts.ips.map((address) => ({ type: 'InternalIP', address })),
      { type: 'Hostname', address: facts.hostname },
    ],
    nodeInfo: facts.info,
    ...(facts.images && { images: facts.images.slice(0, MOST_IMAGES) }),
  };
}

/** The status without what changes at every look: whether it is worth a write. */
export function essence(status: NodeStatus): string {
  const conditions = (status.conditions ?? []).map(({ type, status: holds, reason, message }) => [
    type,
    holds,
    reason,
    message,
  ]);
  return JSON.stringify({ ...status, conditions });
}

function resources(facts: NodeFacts, cpuMillis: number, memoryBytes: number): Record<string, string> {
  return {
    cpu: `${facts.cpuMillis - cpuMillis}m`,
    memory: `${Math.floor((facts.memoryBytes - memoryBytes) / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor(facts.storageBytes / 1024)}Ki`,
    pods: String(facts.mostMachines),
  };
}

function verdicts(facts: NodeFacts): NodeFacts['conditions'] {
  const memoryLow = facts.memoryAvailableBytes < LEAST_MEMORY_BYTES;
  const storageLow = facts.storageAvailableBytes < facts.storageBytes * LEAST_STORAGE_SHARE;
  return [
    {
      type: 'MemoryPressure',
      holds: memoryLow,
      reason: memoryLow ? 'HostHasInsufficientMemory' : 'HostHasSufficientMemory',
      message: memoryLow ? 'little memory is left on the host' : 'the host has enough memory',
    },
    {
      type: 'DiskPressure',
      holds: storageLow,
      reason: storageLow ? 'HostHasDiskPressure' : 'HostHasNoDiskPressure',
      message: storageLow ? 'little space is left in the state folder' : 'the host has enough space',
    },
    {
      type: 'PIDPressure',
      holds: false,
      reason: 'HostHasSufficientPID',
      message: 'the host has enough process numbers',
    },
    ...facts.conditions,
    { type: 'Ready', holds: true, reason: 'AgentReady', message: 'the agent runs and takes machines' },
  ];
}
