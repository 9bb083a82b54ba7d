import type { World } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import {
  type ConfigurationSource,
  containerName,
  labelsFor,
  type MachineRecords,
  PodManager,
  type PodReporter,
  VirtualMachineManager,
} from '@godwit/host';
import {
  FakeContainers,
  FakeHypervisor,
  FakeNetwork,
  FakePodFolders,
  FakeProber,
  fakePodLogs,
} from '@godwit/host/fake';
import type { Container, Node, Pod, Sleep, Stored, Taint, VirtualMachineInstance } from '@godwit/kinds';
import { type PowerCurve, wattsAt } from '@godwit/planner';
import { AnsweringNetwork } from './answering-network.ts';

/** How a host stands: it runs, it was switched off because nothing needs it, or nobody hears of it. */
export type HostState = 'on' | 'asleep' | 'lost';

/** What a host is and takes. */
export interface HostFacts {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly machines: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** From none to all of its processors in use. */
  readonly watts: PowerCurve;
  readonly sleepWatts: number;
  readonly pricePerHour: number;
  /** Of a host of a cloud that is there already: its Node, and how it stands. */
  readonly begins?: { readonly node: Stored<Node>; readonly state: HostState };
}

export interface HostTools {
  readonly world: World;
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly reporter: PodReporter;
  readonly configuration: ConfigurationSource;
}

/** A host that is told to do as it does: its machines end when its power goes, and none run while it sleeps. */
export class RehearsedHost {
  readonly facts: HostFacts;
  readonly #tools: HostTools;
  #powered: boolean;
  #sleep: Sleep | undefined;
  #boots = 0;
  #instances: VirtualMachineManager | undefined;
  #hypervisor: FakeHypervisor | undefined;
  #containers: FakeContainers | undefined;
  #pods: PodManager | undefined;

  constructor(facts: HostFacts, tools: HostTools) {
    this.facts = facts;
    this.#tools = tools;
    const { state = 'on' } = facts.begins ?? {};
    this.#powered = state !== 'lost';
    if (state === 'asleep') this.#sleep = 'asleep';
  }

  /** Machines can run: it has power, and does not sleep. */
  get on(): boolean {
    return this.#powered && this.#sleep === undefined;
  }

  /** It could run if it were told to. */
  get powered(): boolean {
    return this.#powered;
  }

  get sleep(): Sleep | undefined {
    return this.#sleep;
  }

  /** What it draws with so much of its processors in use. */
  watts(usedMillis: number): number {
    const { watts, sleepWatts, cpuMillis } = this.facts;
    if (!this.#powered) return 0;
    if (this.#sleep === 'asleep') return sleepWatts;
    return wattsAt(watts, this.#sleep === 'waking' ? 0 : usedMillis / cpuMillis);
  }

  /** The agent's part for virtual machines, made when the first one comes. */
  get instances(): VirtualMachineManager {
    this.#instances ??= this.#makeInstances();
    return this.#instances;
  }

  get pods(): PodManager {
    this.#pods ??= this.#makePods();
    return this.#pods;
  }

  /** A pod that is to run here, as it stands now. */
  ensurePod(pod: Stored<Pod>): void {
    this.pods.ensure(withShortSteps(pod));
  }

  /** A guest that has been running here since before the rehearsal goes on. */
  async carryOnInstance(machine: Stored<VirtualMachineInstance>): Promise<void> {
    const { instances } = this;
    const { uid, name, namespace = '' } = machine.metadata;
    const paused =
      machine.status?.conditions?.some(({ type, status }) => type === 'Paused' && status === 'True') === true;
    const prepared = { volumes: [] };
    this.#hypervisor?.carryOn({ uid, name, namespace, spec: machine.spec, prepared, interfaces: [], held: paused });
    await instances.receive(machine);
    instances.ensure(machine);
  }

  /** The same of a pod: those of its containers run on that run. */
  async carryOnPod(pod: Stored<Pod>): Promise<void> {
    const { pods } = this;
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
    for (const { name, state, restartCount, image } of [...initContainerStatuses, ...containerStatuses]) {
      if (!state?.running) continue;
      const id = containerName(pod.metadata.uid, name, restartCount);
      const startedAtMs = Date.parse(state.running.startedAt ?? pod.metadata.creationTimestamp);
      this.#containers?.carryOn({
        id,
        name: id,
        labels: labelsFor(pod, name, restartCount, image),
        image,
        startedAtMs,
      });
    }
    await pods.receive(withShortSteps(pod));
  }

  /** The power goes: nothing of it goes on. What was waking has to be woken again. */
  async losePower(): Promise<void> {
    this.#powered = false;
    if (this.#sleep) this.#sleep = 'asleep';
    await this.#end();
  }

  /** There is power again. What slept sleeps on; all others come up, with nothing running. */
  regainPower(): void {
    this.#powered = true;
    this.#boots++;
  }

  async fallAsleep(): Promise<void> {
    this.#sleep = 'asleep';
    await this.#end();
  }

  beginWaking(): void {
    this.#sleep = 'waking';
  }

  /** It is up, with nothing running. */
  wakeUp(): void {
    this.#sleep = undefined;
    this.#boots++;
  }

  /** A guest goes on on another host, without having stopped. False when it does not run here. */
  async handOver(machine: Stored<VirtualMachineInstance>, to: RehearsedHost): Promise<boolean> {
    const { uid } = machine.metadata;
    const there = to.instances;
    if (!this.#instances || !to.#hypervisor || !this.#hypervisor?.handOver(uid, to.#hypervisor)) return false;
    await this.#instances.part(uid);
    await there.receive(machine);
    return true;
  }

  async #end(): Promise<void> {
    const ended = [this.#instances, this.#pods];
    this.#instances = undefined;
    this.#hypervisor = undefined;
    this.#containers = undefined;
    this.#pods = undefined;
    for (const manager of ended) await manager?.release();
  }

  #makeInstances(): VirtualMachineManager {
    const { world, client, events } = this.#tools;
    const bootId = `${this.facts.name}-${this.#boots}`;
    const hypervisor = new FakeHypervisor({ world, guest: () => plainGuest });
    this.#hypervisor = hypervisor;
    const network = new AnsweringNetwork(world.clock);
    return new VirtualMachineManager({ records: noRecords, world, client, events, hypervisor, network, bootId });
  }

  #makePods(): PodManager {
    const { world, reporter, configuration } = this.#tools;
    const { name: nodeName, cpuMillis, memoryBytes } = this.facts;
    const containers = new FakeContainers(world);
    containers.haveAllImages({ endsAfterTermMs: 500 });
    containers.addImage(rehearsedStep, { runsMs: 1_000 });
    this.#containers = containers;
    const manager = new PodManager({
      records: noRecords,
      logs: fakePodLogs,
      tools: {
        world,
        containers,
        network: new FakeNetwork(world.clock),
        configuration,
        host: {
          nodeName,
          ips: ['192.0.2.10'],
          cpuMillis,
          memoryBytes,
          ephemeralStorageBytes: 2 ** 40,
          resolverText: 'nameserver 192.0.2.53\n',
        },
        folders: new FakePodFolders(),
        prober: new FakeProber(),
        reporter,
      },
    });
    manager.listen();
    return manager;
  }
}

/** The image of every pod that is described: like all others it runs until it is told to stop. */
export const rehearsedImage = 'rehearsed';
/** The image of containers that only run before others: it ends by itself. */
const rehearsedStep = 'rehearsed-step';

/** What runs inside containers is not rehearsed: those that only come before others come to their end. */
function withShortSteps(pod: Stored<Pod>): Stored<Pod> {
  const { initContainers } = pod.spec;
  if (!initContainers?.some(isStep)) return pod;
  const steps = initContainers.map((each) => (isStep(each) ? { ...each, image: rehearsedStep } : each));
  return { ...pod, spec: { ...pod.spec, initContainers: steps } };
}

/** Those that are always restarted run beside the others. */
const isStep = ({ restartPolicy }: Container): boolean => restartPolicy !== 'Always';

/** Guests have no agent here: nobody would read what it says. */
const plainGuest = { offAfterMs: 1_500 };

/** A program that never ends needs to remember nothing. */
const noRecords: MachineRecords = {
  load: () => Promise.resolve(new Map()),
  save: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};
