import { type BalancePolicySpec, movingTo, type Node, type Stored, staysAnnotation } from '@godwit/kinds';
import {
  type Amounts,
  allowedHosts,
  type BalanceHost,
  type BalanceMachine,
  type Host,
  hostOfNode,
  isAllowed,
  knownRequest,
  type MachineRequest,
  migrationBytesPerSecond,
  type PowerCurve,
  policyOf,
  type Situation,
  type Snapshot,
} from '@godwit/planner';
import { boundHost, comingHost, isInstance, type Machine } from '../scheduler/schedulable-machine.ts';
import { idOf } from './machine.ts';
import type { PolicyMemory } from './policy-memory.ts';

export const controlPlaneLabel = 'node-role.kubernetes.io/control-plane';
export const rackLabel = 'topology.godwit.dev/rack';
const zoneLabel = 'topology.kubernetes.io/zone';

/** How long a pod is away that is ended here and started there. */
const POD_MOVE_SECONDS = 10;
/** Watts of a core that idles and that works, for hosts without the annotation godwit.dev/watts. */
const CORE_WATTS: PowerCurve = [5, 10];

export interface SituationFacts {
  readonly spec: BalancePolicySpec;
  readonly nodes: readonly Stored<Node>[];
  readonly machines: readonly Machine[];
  /** All hosts and machines, as placing sees them. */
  readonly snapshot: Snapshot;
  readonly memory: PolicyMemory;
  /** Hosts that are off. */
  readonly off: ReadonlySet<string>;
  /** What a machine asks for, its volumes counted. */
  readonly requestOf: (machine: Machine) => MachineRequest;
  readonly nowMs: number;
}

/** What planning needs, out of objects of the API. Machines and hosts keep their order. */
export function situationOf(facts: SituationFacts): Situation {
  const { nodes, machines, snapshot, spec, memory, nowMs } = facts;
  const indexOf = new Map(nodes.map(({ metadata }, index) => [metadata.name, index]));
  const rows = nodes.map(({ metadata }) => snapshot.rowOf(metadata.name));
  const placing = policyOf(spec.placement);
  const allowed = new Map<number, Uint8Array>();
  return {
    nowMs,
    hosts: nodes.map((node) => balanceHost(node, facts)),
    machines: machines.map((machine) => balanceMachine(machine, indexOf, facts)),
    recentMovesMs: memory.recentMovesMs,
    allows: (index, host) => {
      const row = rows[host];
      if (row === undefined) return false;
      let may = allowed.get(index);
      const machine = machines[index] as Machine;
      // Most are only asked about where they are.
      if (!may && nodes[host]?.metadata.name === boundHost(machine)) {
        return isAllowed(snapshot, facts.requestOf(machine), placing, row);
      }
      if (!may) {
        may = allowedHosts(snapshot, facts.requestOf(machine), placing);
        allowed.set(index, may);
      }
      return may[row] === 1;
    },
  };
}

function balanceHost(node: Stored<Node>, { memory, off, spec, nowMs }: SituationFacts): BalanceHost {
  const host = hostOfNode(node);
  const isOff = off.has(host.name);
  const { labels } = host;
  const [rack, zone] = [labels[rackLabel], labels[zoneLabel]];
  const emptySinceMs = memory.emptySinceMs.get(host.name);
  return {
    name: host.name,
    power: isOff ? 'off' : 'on',
    open: host.schedulable && (isOff ? memory.canWake(host.name, nowMs) : host.ready),
    essential: labels[controlPlaneLabel] !== undefined,
    capacity: capacityOf(host, spec.placement?.overcommit),
    watts: wattsOf(host),
    ...(rack !== undefined && { rack }),
    ...(zone !== undefined && { zone }),
    ...(emptySinceMs !== undefined && { emptySinceMs }),
  };
}

export function wattsOf({ watts, capacity }: Host): PowerCurve {
  return watts ?? CORE_WATTS.map((perCore) => (perCore * (capacity.cpu ?? 0)) / 1000);
}

/**
 * Processor time is counted twice: as it is used, and as it is asked for, which is what the API insists on at the
 * binding. So is memory.
 */
function capacityOf({ capacity }: Host, overcommit: { readonly cpu?: number; readonly memory?: number } = {}): Amounts {
  const { cpu = 0, memory = 0 } = capacity;
  return {
    ...capacity,
    'cpu asked for': cpu * (overcommit.cpu ?? 1),
    memory: memory * (overcommit.memory ?? 1),
    'memory used': memory,
  };
}

function balanceMachine(
  machine: Machine,
  indexOf: ReadonlyMap<string, number>,
  { memory }: SituationFacts,
): BalanceMachine {
  const id = idOf(machine);
  const { cpu = 0, ...held } = knownRequest(machine).amounts;
  const used = memory.usages.get(id);
  const movedMs = memory.movedMs.get(id);
  const stays = whyItStays(machine);
  return {
    id,
    // What is on its way counts where it will be: there it has its room.
    host: indexOf.get(comingHost(machine) ?? boundHost(machine) ?? '') ?? -1,
    // What was never measured counts as what it asks for.
    cpu: memory.load.forecast(id) ?? { mean: cpu, deviation: 0, now: cpu },
    held: { ...held, 'cpu asked for': cpu, 'memory used': used?.memory ?? held.memory ?? 0 },
    movable: stays === undefined,
    ...(stays !== undefined && { stays }),
    moveSeconds:
      machine.kind === 'Pod' ? POD_MOVE_SECONDS : (used?.memory ?? held.memory ?? 0) / migrationBytesPerSecond,
    ...(movedMs !== undefined && { movedMs }),
  };
}

/** Why a machine is never moved; undefined for virtual machines that run, and pods that something else makes anew. */
function whyItStays(machine: Machine): string | undefined {
  const { metadata, status } = machine;
  if (metadata.deletionTimestamp) return 'it is on its way out';
  if (metadata.annotations?.[staysAnnotation] === 'true') return `its annotation ${staysAnnotation} says so`;
  if (status?.phase !== 'Running') return 'it does not run yet';
  if (isInstance(machine)) return movingTo(machine) === undefined ? undefined : 'it is moving';
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return 'nothing would make it anew';
  return owner.kind === 'DaemonSet' ? 'each host has one' : undefined;
}
