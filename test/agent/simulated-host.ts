import { controllers as controllersUser, createOperations, nodeUser, type Operations } from '@godwit/api';
import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import {
  Agent,
  ApiConfiguration,
  ApiPodReporter,
  Incarnation,
  type MachineManager,
  MemoryRecords,
  type NodeFacts,
  PodManager,
  type VolumeDriver,
} from '@godwit/host';
import { FakeContainers, FakeNetwork, FakePodFolders, FakeProber, fakeHostFacts, fakePodLogs } from '@godwit/host/fake';
import { builtInKinds, network, type Pod, pod, type Stored, type VirtualMachineInstance } from '@godwit/kinds';
import { MemoryStore } from '@godwit/store';

const ROUNDS = 30;
export const NODE = 'host-1';

/** Lets every promise that can go on go on. Nothing here waits for real time. */
async function settle(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await new Promise((resolve) => setImmediate(resolve));
}

/** Volumes that are only names. */
export class NamedVolumes implements VolumeDriver {
  readonly sizes = new Map<string, number>();

  provision({ name, sizeBytes }: { readonly name: string; readonly sizeBytes: number }): Promise<void> {
    this.sizes.set(name, sizeBytes);
    return Promise.resolve();
  }

  remove(name: string): Promise<void> {
    this.sizes.delete(name);
    return Promise.resolve();
  }

  folder(name: string): string {
    return `/volumes/${name}`;
  }
}

/** A host without virtual machines. */
const noInstances: MachineManager<VirtualMachineInstance> = {
  adopt: () => Promise.resolve(),
  ensure: () => undefined,
  absent: () => undefined,
  known: () => [],
  stream: () => Promise.reject(new Error('there are no virtual machines')),
  order: () => Promise.reject(new Error('there are no virtual machines')),
  readings: () => Promise.resolve([]),
  release: () => Promise.resolve(),
  stopAll: () => Promise.resolve(),
};

const facts: NodeFacts = {
  hostname: NODE,
  ips: fakeHostFacts.ips,
  cpuMillis: 4_000,
  memoryBytes: 8 * 2 ** 30,
  memoryAvailableBytes: 4 * 2 ** 30,
  storageBytes: 100 * 2 ** 30,
  storageAvailableBytes: 50 * 2 ** 30,
  mostMachines: 110,
  info: {
    machineID: 'm',
    systemUUID: 's',
    bootID: 'b',
    kernelVersion: '6',
    osImage: 'Simulated',
    containerRuntimeVersion: 'fake',
    kubeletVersion: 'v0',
    kubeProxyVersion: 'v0',
    operatingSystem: 'linux',
    architecture: 'amd64',
  },
  reservedCpuMillis: 100,
  reservedMemoryBytes: 2 ** 28,
  labels: {},
  annotations: {},
  conditions: [],
};

export class SimulatedHost {
  readonly clock: VirtualClock;
  readonly client: ApiClient;
  readonly containers: FakeContainers;
  readonly network: FakeNetwork;
  readonly folders = new FakePodFolders();
  readonly volumes = new NamedVolumes();
  readonly prober = new FakeProber();
  readonly #records = new MemoryRecords();
  readonly #operations: Operations;
  readonly #world: World;
  #life = new Incarnation();
  #nodeClient: ApiClient | undefined;

  private constructor(operations: Operations, world: World & { readonly clock: VirtualClock }) {
    this.#operations = operations;
    this.#world = world;
    this.clock = world.clock;
    this.client = new ApiClient(operations.as(controllersUser, 'test'), world);
    this.containers = new FakeContainers(world);
    this.network = new FakeNetwork(world.clock);
  }

  static async start(): Promise<SimulatedHost> {
    const clock = new VirtualClock();
    const random = new SeededRandom(7);
    const world = { clock, random, ids: new SeededIds(random), log: silentLog };
    const operations = await createOperations({ world, store: new MemoryStore({ clock }), kinds: builtInKinds });
    const host = new SimulatedHost(operations, world);
    await host.client.resource(network).create({
      metadata: { name: 'default' },
      spec: {
        subnet: '10.80.0.0/17',
        gateway: '10.80.0.1',
        serviceSubnet: '10.80.128.0/18',
        loadBalancerRange: '10.80.192.0/24',
        dnsDomain: 'cluster.local',
      },
    });
    host.begin();
    await host.pass(1_000);
    return host;
  }

  /** A new program on this host. */
  begin(): void {
    const life = new Incarnation();
    this.#life = life;
    const world = life.world(this.#world);
    const client = new ApiClient(life.guard(this.#operations.as(nodeUser(NODE), 'agent')), world);
    this.#nodeClient = client;
    const hostNetwork = life.guard<FakeNetwork>(this.network);
    const volumes = life.guard(this.volumes);
    const pods = new PodManager({
      records: life.guard(this.#records),
      logs: fakePodLogs,
      tools: {
        world,
        containers: life.guard<FakeContainers>(this.containers),
        network: hostNetwork,
        folders: life.guard(this.folders),
        configuration: new ApiConfiguration(client, volumes),
        prober: life.guard(this.prober),
        reporter: new ApiPodReporter(client, new EventRecorder(client, 'agent', NODE)),
        host: fakeHostFacts,
      },
    });
    const agent = new Agent({
      client,
      world,
      nodeName: NODE,
      pods,
      instances: noInstances,
      network: hostNetwork,
      volumes,
      facts: () => Promise.resolve(facts),
    });
    void agent.start();
  }

  /** kill -9 of the program; nothing else notices. */
  crash(): void {
    this.#life.end();
    this.#nodeClient?.close();
  }

  pass(durationMs: number): Promise<void> {
    return this.clock.advance(durationMs, settle);
  }

  /** A pod bound to this host. */
  async createPod(name: string, spec: Partial<Pod['spec']> = {}): Promise<void> {
    const containers = [{ name: 'main', image: 'web', imagePullPolicy: 'IfNotPresent' as const }];
    await this.client.resource(pod).create({ metadata: { name, namespace: 'default' }, spec: { containers, ...spec } });
    const { group, version, plural } = pod;
    await this.client.door.create(
      { group, version, plural, namespace: 'default', name, subresource: 'binding' },
      { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { apiVersion: 'v1', kind: 'Node', name: NODE } },
    );
  }

  pod(name: string): Promise<Stored<Pod> | undefined> {
    return this.client.resource(pod).find({ namespace: 'default', name });
  }

  async isReady(name: string): Promise<boolean> {
    const { status } = (await this.pod(name)) ?? {};
    return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
  }

  /** Names of containers that run. */
  running(): readonly string[] {
    return this.containers.actual().flatMap(({ state, name }) => (state === 'running' ? [name] : []));
  }

  stop(): void {
    this.crash();
    this.client.close();
  }
}
