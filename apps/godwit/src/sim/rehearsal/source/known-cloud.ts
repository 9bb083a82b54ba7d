import {
  asleepTaint,
  type BalancePolicy,
  balancePolicy,
  type KubeObject,
  type Node,
  node,
  outOfServiceTaint,
  type Stored,
  sleepOf,
  unreachableTaint,
} from '@godwit/kinds';
import { hostOfNode, requestOfMachine } from '@godwit/planner';
import { groupLabel, type HostFacts, type HostState } from '../cloud/index.ts';
import type { KnownCloud, PlannedGroup } from '../plan/index.ts';
import { bareObject } from './bare/index.ts';
import { complete, withLabel } from './complete.ts';
import { type KnownUse, knownGroups } from './known-groups.ts';
import { hostOf, isMachine } from './machines.ts';

/** What is read of a cloud: its objects of the kinds that are taken over, in any order. */
export interface CloudObjects {
  readonly objects: readonly KubeObject[];
  /** What machines use, where somebody measures it. */
  readonly use?: KnownUse;
  /** When it was so, in milliseconds; unknown where absent. */
  readonly atMs?: number;
}

/** Of hosts that say nothing of what they draw. */
const WATTS = [100, 300];
const SLEEP_WATTS = 5;
const MOST_MACHINES = 110;
/** Taints that tell how a host stands, and not what it is. */
const STATES = [unreachableTaint, outOfServiceTaint, asleepTaint];

/**
 * A cloud as it is: every object as it stands, made bare and complete; its hosts, its BalancePolicies, and its machines in
 * groups of which all are alike, each labelled with its group.
 */
export function knownCloudOf({ objects, use = new Map(), atMs }: CloudObjects): KnownCloud {
  const all = complete(objects.filter((object) => !hasEnded(object)).map(bareObject));
  const { groups, names } = knownGroups(all, use);
  const nodes = all.filter(({ kind }) => kind === node.kind) as readonly Stored<Node>[];
  const policies = all.filter((object): object is BalancePolicy => object.kind === balancePolicy.kind);
  return {
    hosts: nodes.map(factsOf),
    groups,
    policies: policies
      .toSorted((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1))
      .map(({ metadata, spec }) => ({ name: metadata.name ?? '', spec })),
    // Policies are made anew, as they are what is compared.
    objects: all.filter(({ kind }) => kind !== balancePolicy.kind).map((object) => labelled(object, names)),
    places: placesOf(all),
    atMs: atMs ?? newestOf(all),
  };
}

/** It takes no room any more, and nobody waits for it. */
function hasEnded(object: KubeObject): boolean {
  return isMachine(object) && requestOfMachine(object as KubeObject).finished;
}

/** On which host each machine is, by `kind/namespace/name`. */
function placesOf(objects: readonly KubeObject[]): ReadonlyMap<string, string | undefined> {
  const machines = objects.filter(isMachine);
  return new Map(
    machines.map((machine) => {
      const { namespace = 'default', name = '' } = machine.metadata;
      return [`${machine.kind}/${namespace}/${name}`, hostOf(machine)];
    }),
  );
}

/** When the youngest object was made: then the cloud was as it is here, or later. */
function newestOf(objects: readonly KubeObject[]): number | undefined {
  const newest = objects.reduce(
    (latest, { metadata: { creationTimestamp: at = '' } }) => (at > latest ? at : latest),
    '',
  );
  const atMs = Date.parse(newest);
  return Number.isFinite(atMs) ? atMs : undefined;
}

/** The name of the group stands on its machines and on all that makes them, so that machines that are made anew have it too. */
function labelled(object: KubeObject, names: ReadonlyMap<string, PlannedGroup['name']>): KubeObject {
  const group = names.get(object.metadata.uid ?? '');
  return group === undefined ? object : withGroup(object, group);
}

interface Template {
  readonly metadata?: KubeObject['metadata'];
  readonly spec?: Templated['spec'];
}
interface Templated extends KubeObject {
  readonly spec?: { readonly template?: Template; readonly virtualMachineTemplate?: Template };
}

function withGroup(object: KubeObject, group: string): KubeObject {
  const { spec } = object as Templated;
  const inner = withGroupInside(spec, group);
  return withLabel({ ...object, ...(inner && { spec: inner }) }, groupLabel, group);
}

function withGroupInside(spec: Templated['spec'], group: string): Templated['spec'] {
  const { template, virtualMachineTemplate } = spec ?? {};
  if (!spec || !(template ?? virtualMachineTemplate)) return spec;
  return {
    ...spec,
    ...(template && { template: templateWith(template, group) }),
    ...(virtualMachineTemplate && { virtualMachineTemplate: templateWith(virtualMachineTemplate, group) }),
  };
}

function templateWith(template: Template, group: string): Template {
  const { metadata = {}, spec } = template;
  const inner = withGroupInside(spec, group);
  return {
    ...template,
    metadata: { ...metadata, labels: { ...metadata.labels, [groupLabel]: group } },
    ...(inner && { spec: inner }),
  };
}

function factsOf(known: Stored<Node>): HostFacts {
  const { name, labels, capacity, watts = WATTS } = hostOfNode(known);
  const { cpu = 0, memory = 0, pods = MOST_MACHINES } = capacity;
  const taints = (known.spec?.taints ?? []).filter(({ key }) => !STATES.includes(key));
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
    begins: { node: known, state: stateOf(known) },
  };
}

/** A host whose agent is not heard of, and which nobody has put to sleep, has no power. */
function stateOf(known: Stored<Node>): HostState {
  if (sleepOf(known)) return 'asleep';
  const ready = known.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready === 'True' ? 'on' : 'lost';
}
