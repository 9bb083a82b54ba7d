import type { Random } from '@godwit/base';
import type { ApiClient, KindCache } from '@godwit/client';
import {
  anyKind,
  type BalancePolicy,
  balancePolicy,
  type Node,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  type Stored,
  sleepOf,
  storageClass,
  virtualMachineInstance,
} from '@godwit/kinds';
import {
  hostsForWaiting,
  knownRequest,
  type MachineRequest,
  policyOf,
  requestOfMachine,
  type Situation,
} from '@godwit/planner';
import { reachOfClaims } from '../scheduler/claim-reach.ts';
import { ClusterWatch } from '../scheduler/cluster-watch.ts';
import {
  boundHost,
  claimsOf,
  comingHost,
  hasEnded,
  type Machine,
  waitsForHost,
} from '../scheduler/schedulable-machine.ts';
import type { PowerDriver } from './drivers.ts';
import { governedHosts } from './governed-hosts.ts';
import { idOf } from './machine.ts';
import type { PolicyMemory } from './policy-memory.ts';
import { situationOf } from './situation-of.ts';
import { type StorageAdvice, storageAdvice } from './storage-advice.ts';

/** What there is, as far as one policy governs it. */
export interface Observed {
  readonly nodes: readonly Stored<Node>[];
  readonly machines: readonly Machine[];
  readonly ids: ReadonlySet<string>;
  readonly lostTo: readonly string[];
}

/** What must be cached before the first look. */
const watched = [
  anyKind(node),
  anyKind(pod),
  anyKind(virtualMachineInstance),
  anyKind(persistentVolume),
  anyKind(persistentVolumeClaim),
  anyKind(storageClass),
];

/** Says of a machine that waits that no host would do. */
const isRefused = (machine: Machine): boolean =>
  waitsForHost(machine) &&
  (machine.status as { readonly conditions?: readonly Told[] } | undefined)?.conditions?.some(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  ) === true;

interface Told {
  readonly type?: string;
  readonly status?: string;
}

/** Reads hosts and machines from caches. */
export class Observer {
  readonly #client: ApiClient;
  /** Made when the first policy asks: it costs work on every change, which clouds without policies need not do. */
  #watch: ClusterWatch | undefined;
  readonly #policies: KindCache<BalancePolicy>;
  readonly #random: Random;
  /** Hosts that sleep, or that wake and are not ready yet. */
  readonly #sleepers = new Set<string>();

  constructor(client: ApiClient) {
    this.#random = client.world.random.fork();
    this.#client = client;
    this.#policies = client.cache(balancePolicy);
    for (const kind of watched) client.cache(kind);
    client.cache(node).subscribe(({ before, after }) => {
      const { name } = (after ?? before).metadata;
      if (after && sleepOf(after)) this.#sleepers.add(name);
      else this.#sleepers.delete(name);
    });
  }

  observe(policy: Stored<BalancePolicy>): Observed {
    const nodes = [...this.#client.cache(node).values()].toSorted(byName);
    const { hosts, lostTo } = governedHosts(policy, [...this.#policies.values()], nodes);
    const names = new Set(hosts.map(({ metadata }) => metadata.name));
    const machines = [
      ...this.#client.cache(pod).values(),
      ...this.#client.cache(virtualMachineInstance).values(),
    ].filter((machine: Machine) => !hasEnded(machine) && names.has(boundHost(machine) ?? ''));
    return { nodes: hosts, machines, ids: new Set(machines.map(idOf)), lostTo };
  }

  async situation(
    policy: Stored<BalancePolicy>,
    { nodes, machines }: Observed,
    memory: PolicyMemory,
    power: PowerDriver | undefined,
  ): Promise<Situation> {
    const nowMs = this.#client.world.clock.monotonic();
    const busy = new Set(machines.flatMap((machine) => [boundHost(machine), comingHost(machine)]));
    this.#watch ??= new ClusterWatch(this.#client);
    const off = await hostsOff(nodes, power);
    // Who was told to sleep is as good as off: nothing may be put there, and it can be woken.
    if (power) for (const one of nodes) if (sleepOf(one) === 'asleep') off.add(one.metadata.name);
    const names = nodes.map(({ metadata }) => metadata.name);
    memory.observeEmpty(
      names.filter((name) => !busy.has(name) && !off.has(name)),
      nowMs,
    );
    return situationOf({
      spec: policy.spec,
      nodes,
      machines,
      snapshot: this.#watch.snapshot,
      memory,
      off,
      requestOf: (machine) => this.#requestOf(machine),
      nowMs,
    });
  }

  /** Names of hosts of a policy that are told to sleep and are on. */
  async restless({ nodes }: Observed, power: PowerDriver | undefined): Promise<readonly string[]> {
    if (!power) return [];
    const told = nodes.filter((one) => sleepOf(one) === 'asleep').map(({ metadata }) => metadata.name);
    const off = await namesOff(told, power);
    return told.filter((name) => !off.has(name));
  }

  /** Names of hosts that sleep, or that are said to wake and are off, and that no policy switches. */
  async forsaken(power: PowerDriver): Promise<readonly string[]> {
    const policies = [...this.#policies.values()];
    const nodes = [...this.#client.cache(node).values()];
    const switching = policies.filter(({ spec }) => spec.power?.mode === 'automatic');
    const kept = new Set(switching.flatMap((one) => governedHosts(one, policies, nodes).hosts));
    const others = nodes.filter((one) => !kept.has(one));
    const off = await namesOff(
      others.filter((one) => sleepOf(one) === 'waking').map(({ metadata }) => metadata.name),
      power,
    );
    return others
      .filter((one) => sleepOf(one) === 'asleep' || off.has(one.metadata.name))
      .map(({ metadata }) => metadata.name);
  }

  /** Whether this machine has found no host, and hosts sleep that could be woken for it. */
  mayNeedWaking(machine: Machine): boolean {
    return this.#sleepers.size > 0 && isRefused(machine);
  }

  /** Names of hosts that sleep and on which there is room for machines that have found none elsewhere. */
  async hostsForWaiting(
    { spec }: BalancePolicy,
    power: PowerDriver | undefined,
    memory: PolicyMemory,
  ): Promise<readonly string[]> {
    if (this.#sleepers.size === 0 || !this.#watch || !power) return [];
    const waiting = [...this.#watch.waiting.values()]
      .filter(({ machine }) => isRefused(machine))
      .map(({ machine }) => this.#requestOf(machine));
    if (waiting.length === 0) return [];
    const nowMs = this.#client.world.clock.monotonic();
    const waking = new Set([...this.#sleepers].filter((name) => memory.wakingMs.has(name)));
    const others = [...this.#sleepers].filter((name) => !waking.has(name) && memory.canWake(name, nowMs));
    const asleep = await namesOff(others, power);
    // As in a plan: who was told to sleep counts as off.
    for (const name of others) {
      const found = this.#client.cache(node).get({ name });
      if (found && sleepOf(found) === 'asleep') asleep.add(name);
    }
    return hostsForWaiting(this.#watch.snapshot, { waking, asleep }, waiting, policyOf(spec.placement), this.#random);
  }

  /** Which volumes should move between hosts. */
  storage({ nodes }: Observed, usage: number): StorageAdvice {
    return storageAdvice(nodes, [...this.#client.cache(persistentVolume).values()], usage);
  }

  #requestOf(machine: Machine): MachineRequest {
    if (claimsOf(machine).length === 0) return knownRequest(machine);
    const client = this.#client;
    const reach = reachOfClaims(claimsOf(machine), {
      claim: (name) => client.cache(persistentVolumeClaim).get({ namespace: machine.metadata.namespace ?? '', name }),
      volume: (name) => client.cache(persistentVolume).get({ name }),
      volumes: () => client.cache(persistentVolume).values(),
      storageClass: (name) => client.cache(storageClass).get({ name }),
    });
    return requestOfMachine(machine, reach.type === 'placeable' ? { volumes: reach.volumes } : {});
  }
}

const byName = (a: Stored<Node>, b: Stored<Node>) => (a.metadata.name < b.metadata.name ? -1 : 1);

/** Hosts whose power is off; without a driver nobody knows, and none is. */
async function hostsOff(nodes: readonly Stored<Node>[], power: PowerDriver | undefined): Promise<Set<string>> {
  if (!power) return new Set();
  const names = nodes.map(({ metadata }) => metadata.name);
  return namesOff(names, power);
}

async function namesOff(names: readonly string[], power: PowerDriver): Promise<Set<string>> {
  const states = await Promise.all(names.map((name) => power.state(name)));
  return new Set(names.filter((_, index) => states[index] === 'off'));
}
