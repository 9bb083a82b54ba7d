import type { World } from '@godwit/base';
import type { ApiClient, EventRecorder } from '@godwit/client';
import {
  type ConfigurationSource,
  type MachineManager,
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
import type { Pod, VirtualMachineInstance } from '@godwit/kinds';

/** What a host is and takes. */
export interface HostFacts {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly machines: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly idleWatts: number;
  readonly fullWatts: number;
  readonly pricePerHour: number;
}

export interface HostTools {
  readonly world: World;
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly reporter: PodReporter;
  readonly configuration: ConfigurationSource;
}

/** A host that is told to do as it does: its machines end when its power goes. */
export class RehearsedHost {
  readonly facts: HostFacts;
  readonly #tools: HostTools;
  #on = true;
  /** Since when it has been off, in milliseconds of the clock. */
  #offSinceMs = 0;
  #boots = 0;
  #instances: MachineManager<VirtualMachineInstance> | undefined;
  #pods: MachineManager<Pod> | undefined;

  constructor(facts: HostFacts, tools: HostTools) {
    this.facts = facts;
    this.#tools = tools;
  }

  get on(): boolean {
    return this.#on;
  }

  /** How long nothing has been heard, in milliseconds. */
  silentMs(nowMs: number): number {
    return this.#on ? 0 : nowMs - this.#offSinceMs;
  }

  /** The agent's part for virtual machines, made when the first one comes. */
  get instances(): MachineManager<VirtualMachineInstance> {
    this.#instances ??= this.#makeInstances();
    return this.#instances;
  }

  get pods(): MachineManager<Pod> {
    this.#pods ??= this.#makePods();
    return this.#pods;
  }

  /** The power goes: nothing of it goes on. */
  async losePower(): Promise<void> {
    this.#on = false;
    this.#offSinceMs = this.#tools.world.clock.monotonic();
    const ended = [this.#instances, this.#pods];
    this.#instances = undefined;
    this.#pods = undefined;
    for (const manager of ended) await manager?.release();
  }

  /** Comes up again, with nothing running. */
  start(): void {
    this.#on = true;
    this.#boots++;
  }

  #makeInstances(): MachineManager<VirtualMachineInstance> {
    const { world, client, events } = this.#tools;
    const bootId = `${this.facts.name}-${this.#boots}`;
    const hypervisor = new FakeHypervisor({ world, guest: () => plainGuest });
    const network = new FakeNetwork(world.clock);
    return new VirtualMachineManager({ records: noRecords, world, client, events, hypervisor, network, bootId });
  }

  #makePods(): MachineManager<Pod> {
    const { world, reporter, configuration } = this.#tools;
    const { name: nodeName, cpuMillis, memoryBytes } = this.facts;
    const containers = new FakeContainers(world);
    containers.addImage(rehearsedImage, { endsAfterTermMs: 500 });
    return new PodManager({
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
  }
}

/** The image of every rehearsed pod: it runs until it is told to stop. */
export const rehearsedImage = 'rehearsed';

/** Guests have no agent here: nobody would read what it says. */
const plainGuest = { offAfterMs: 1_500 };

/** A program that never ends needs to remember nothing. */
const noRecords: MachineRecords = {
  load: () => Promise.resolve(new Map()),
  save: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};
