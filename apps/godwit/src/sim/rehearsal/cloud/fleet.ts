import { microTimestamp, timestamp, type World } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import { ApiConfiguration, ApiPodReporter } from '@godwit/host';
import { FakeVolumes } from '@godwit/host/fake';
import {
  type Door,
  isNotFound,
  lease,
  type Node,
  node,
  outOfServiceTaint,
  type Pod,
  pod,
  type Stored,
  type VirtualMachineInstance,
  virtualMachineInstance,
  wattsAnnotation,
} from '@godwit/kinds';
import { LiveMoves } from './live-moves.ts';
import { type HostFacts, RehearsedHost } from './rehearsed-host.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** How long a lease holds after its last renewal, as agents ask for. */
export const LEASE_SECONDS = 40;
/** From the end of its lease until somebody has made sure that a host is off. */
const FENCE_MS = 20_000;
/** Requests under way at once. */
const PARALLEL = 64;

/** All hosts of a rehearsed cloud. */
export class Fleet {
  readonly client: ApiClient;
  readonly hosts: ReadonlyMap<string, RehearsedHost>;
  readonly moves: LiveMoves;
  readonly #world: World;
  /** Heartbeats that agents would have written. */
  #onSinceMs = 0;

  constructor(facts: readonly HostFacts[], door: Door, world: World) {
    this.#world = world;
    this.client = new ApiClient(door, world);
    const events = new EventRecorder(this.client, 'godwit-agent');
    const reporter = new ApiPodReporter(this.client, events);
    const configuration = new ApiConfiguration(this.client, new FakeVolumes());
    const tools = { world, client: this.client, events, reporter, configuration };
    this.hosts = new Map(facts.map((each) => [each.name, new RehearsedHost(each, tools)]));
    this.moves = new LiveMoves(this.hosts, this.client);
  }

  /** Registers all hosts, and takes over what is bound to them. */
  async start(): Promise<void> {
    this.#onSinceMs = this.#world.clock.monotonic();
    await inParallel([...this.hosts.values()], PARALLEL, (host) => this.#register(host));
    const instances = this.client.cache(virtualMachineInstance);
    instances.subscribe(({ before, after }) => {
      const host = this.hosts.get((after ?? before)?.status?.nodeName ?? '');
      if (after?.status?.migrationState) this.moves.see(before, after);
      if (!host?.on) return;
      if (after && !before && runsAlready(after)) void host.carryOnInstance(after);
      else if (after) host.instances.ensure(after);
      else if (before) host.instances.absent(before.metadata.uid);
    });
    const pods = this.client.cache(pod);
    pods.subscribe(({ before, after }) => {
      const host = this.hosts.get((after ?? before)?.spec.nodeName ?? '');
      if (!host?.on) return;
      if (after && !before && runsAlready(after)) void host.carryOnPod(after);
      else if (after) host.ensurePod(after);
      else if (before) host.pods.absent(before.metadata.uid);
    });
    await Promise.all([instances.ready, pods.ready, this.client.cache(node).ready]);
  }

  /** Heartbeats that live agents would have written up to now: one every ten seconds each. */
  get quietHeartbeats(): number {
    return Math.floor(((this.#world.clock.monotonic() - this.#onSinceMs) / 10_000) * this.hosts.size);
  }

  /**
   * Hosts lose their power. Their last heartbeat is written now, since now somebody reads how old it is; a while
   * after it has run out somebody has made sure that they are off.
   */
  async losePower(names: readonly string[]): Promise<void> {
    const powered = this.#all(names).filter((host) => host.powered);
    // What sleeps is not missed, and runs nothing: but it cannot be woken any more.
    const lost = powered.filter((host) => host.on);
    for (const host of powered) await host.losePower();
    await inParallel(lost, PARALLEL, (host) => this.#lastHeartbeat(host.facts.name));
    this.#world.clock.after(LEASE_SECONDS * 1000 + FENCE_MS, () => {
      const still = lost.filter((host) => !host.powered);
      void inParallel(still, PARALLEL, ({ facts: { name } }) =>
        this.#change(name, (taints) => [
          ...taints.filter(({ key }) => key !== outOfServiceTaint),
          { key: outOfServiceTaint, value: 'lost-power', effect: 'NoExecute', timeAdded: timestamp(this.#world.clock) },
        ]),
      );
    });
  }

  #all(names: readonly string[]): readonly RehearsedHost[] {
    return names.map((name) => this.hosts.get(name)).filter((host) => host !== undefined);
  }

  /** A host is switched off in order: the last thing that its agent says is that it goes. */
  async putToSleep(host: RehearsedHost): Promise<void> {
    await host.fallAsleep();
    await this.#writeStatus(host.facts, 'Asleep');
  }

  /** A host is switched on, and is ready after so long. */
  wake(host: RehearsedHost, afterMs: number): void {
    host.beginWaking();
    this.#world.clock.after(afterMs, () => {
      if (!host.powered || host.sleep !== 'waking') return;
      host.wakeUp();
      this.#handOver(new Set([host.facts.name]));
      void this.#writeStatus(host.facts);
    });
  }

  /** Hosts come up again, empty; those that slept sleep on. */
  async restorePower(names: readonly string[]): Promise<void> {
    const dark = this.#all(names).filter((host) => !host.powered);
    for (const host of dark) host.regainPower();
    const back = dark.filter((host) => host.on);
    await inParallel(back, PARALLEL, async ({ facts }) => {
      await this.client.resource(lease).delete({ namespace: LEASE_NAMESPACE, name: facts.name }).catch(ignoreMissing);
      await this.#writeStatus(facts);
      await this.#change(facts.name, (taints) => taints.filter(({ key }) => key !== outOfServiceTaint));
    });
    this.#handOver(new Set(back.map(({ facts }) => facts.name)));
  }

  /** What is still bound to hosts that come up again starts there. */
  #handOver(names: ReadonlySet<string>): void {
    for (const instance of this.client.cache(virtualMachineInstance).values()) {
      const { nodeName = '' } = instance.status ?? {};
      if (names.has(nodeName)) this.hosts.get(nodeName)?.instances.ensure(instance);
    }
    for (const one of this.client.cache(pod).values()) {
      const { nodeName = '' } = one.spec;
      if (names.has(nodeName)) this.hosts.get(nodeName)?.ensurePod(one);
    }
  }

  /**
   * Nothing new comes to these hosts, and their virtual machines are told to start elsewhere; or all of it again, where it
   * was so before.
   */
  async maintain(names: readonly string[], on: boolean): Promise<void> {
    const affected = new Set(names);
    await inParallel(names, PARALLEL, (name) =>
      this.client
        .resource(node)
        .patch({ name }, { type: 'merge', body: { spec: { unschedulable: on || this.#beganCordoned(name) || null } } }),
    );
    if (!on) return;
    const instances = [...this.client.cache(virtualMachineInstance).values()];
    const pods = [...this.client.cache(pod).values()];
    await inParallel(
      instances.filter(({ status }) => affected.has(status?.nodeName ?? '')),
      PARALLEL,
      ({ metadata }) => this.client.resource(virtualMachineInstance).delete(metadata).catch(ignoreMissing),
    );
    await inParallel(
      pods.filter(({ spec }) => affected.has(spec.nodeName ?? '')),
      PARALLEL,
      ({ metadata }) => this.client.resource(pod).delete(metadata).catch(ignoreMissing),
    );
  }

  #beganCordoned(name: string): boolean {
    return this.hosts.get(name)?.facts.begins?.node.spec?.unschedulable === true;
  }

  /** A host of a cloud that is there already is registered; of one that is not heard of, the last heartbeat is long ago. */
  async #register({ facts }: RehearsedHost): Promise<void> {
    const { name, labels, watts, taints, begins } = facts;
    if (begins) return begins.state === 'lost' ? this.#lastHeartbeat(name, 1) : undefined;
    const annotations = { [wattsAnnotation]: watts.join(',') };
    const spec = taints ? { taints: [...taints] } : {};
    await this.client.resource(node).create({ metadata: { name, labels, annotations }, spec, status: {} });
    await this.#writeStatus(facts);
  }

  async #writeStatus(facts: HostFacts, reason: 'AgentReady' | 'Asleep' = 'AgentReady'): Promise<void> {
    const body = { status: statusOf(facts, reason, timestamp(this.#world.clock)) };
    const patch = { type: 'merge', body } as const;
    await this.client.resource(node).patch({ name: facts.name }, patch, { subresource: 'status' });
  }

  async #lastHeartbeat(name: string, leaseDurationSeconds = LEASE_SECONDS): Promise<void> {
    const renewTime = microTimestamp(this.#world.clock);
    const spec = { holderIdentity: name, leaseDurationSeconds, renewTime };
    const leases = this.client.resource(lease);
    await leases.delete({ namespace: LEASE_NAMESPACE, name }).catch(ignoreMissing);
    await leases.create({ metadata: { namespace: LEASE_NAMESPACE, name }, spec });
  }

  async #change(name: string, change: (taints: Taints) => Taints): Promise<void> {
    await this.client.resource(node).modify({ name }, (draft) => {
      draft.spec = { ...draft.spec, taints: [...change(draft.spec?.taints ?? [])] };
    });
  }
}

type Taints = NonNullable<NonNullable<Stored<Node>['spec']>['taints']>;

/** Nothing that is new runs: what runs when it is seen first has been running since before the rehearsal. */
const runsAlready = ({ metadata, status }: Stored<Pod> | Stored<VirtualMachineInstance>): boolean =>
  status?.phase === 'Running' && metadata.deletionTimestamp === undefined;

function statusOf(
  { name, cpuMillis, memoryBytes, machines, begins }: HostFacts,
  reason: 'AgentReady' | 'Asleep',
  now: string,
): NonNullable<Node['status']> {
  const resources = { cpu: `${cpuMillis}m`, memory: `${Math.floor(memoryBytes / 1024)}Ki`, pods: String(machines) };
  const { capacity = resources, allocatable = resources } = begins?.node.status ?? {};
  return {
    capacity,
    allocatable,
    conditions: [
      {
        type: 'Ready',
        status: reason === 'AgentReady' ? 'True' : 'False',
        reason,
        message: '',
        lastTransitionTime: now,
      },
    ],
    addresses: [{ type: 'Hostname', address: name }],
  };
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** Does `work` for each, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const runner = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as T);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner));
}
