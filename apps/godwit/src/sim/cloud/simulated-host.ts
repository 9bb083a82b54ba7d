import type { Random, World } from '@godwit/base';
import { SeededIds, silentLog } from '@godwit/base';
import { containerLabels, type HostReading, type NodeFacts } from '@godwit/host';
import { FakeContainers, FakeHypervisor, FakeNetwork, FakePodFolders, FakeVolumes, Work } from '@godwit/host/fake';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { SimulatedRecords } from '../disk/simulated-records.ts';
import type { EventLog } from '../world/event-log.ts';
import type { HostClock } from '../world/host-clock.ts';

export interface HostSize {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export interface SimulatedHostOptions {
  readonly name: string;
  readonly size: HostSize;
  readonly labels: Readonly<Record<string, string>>;
  readonly clock: HostClock;
  readonly random: Random;
  readonly events: EventLog;
  /** How many cores a machine of this name takes now. */
  readonly coresOf: (machine: string) => number;
}

/** Everything of one host that outlives programs: its hardware, its disk, and the machines on it. */
export class SimulatedHost {
  readonly name: string;
  readonly clock: HostClock;
  readonly size: HostSize;
  readonly containers: FakeContainers;
  readonly hypervisor: FakeHypervisor;
  readonly network: FakeNetwork;
  readonly volumes = new FakeVolumes();
  readonly folders = new FakePodFolders();
  readonly disk = new SimulatedDisk();
  readonly podRecords = new SimulatedRecords(() => this.disk.assertWritable());
  readonly instanceRecords = new SimulatedRecords(() => this.disk.assertWritable());
  /** UIDs of machines whose end nobody asked for: what goes wrong has hurt them. */
  readonly hurt = new Set<string>();
  readonly #random: Random;
  readonly #events: EventLog;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #work: Work<SimulatedHost>;
  #boots = 0;

  constructor({ name, size, labels, clock, random, events, coresOf }: SimulatedHostOptions) {
    this.name = name;
    this.clock = clock;
    this.size = size;
    this.#labels = labels;
    this.#random = random;
    this.#events = events;
    this.#work = new Work(clock, () => this.runningNames().reduce((sum, machine) => sum + coresOf(machine), 0));
    const world: World = { clock, random: random.fork(), ids: new SeededIds(random.fork()), log: silentLog };
    this.containers = new FakeContainers(world, (facts) => coresOf(containerLabels(facts).podName));
    this.containers.addImage('web', { endsAfterTermMs: 800 });
    this.containers.addImage('stubborn', {});
    this.containers.addImage('brief', { runsMs: 5_000, exitCode: 0, endsAfterTermMs: 10 });
    this.containers.addImage('failing', { runsMs: 3_000, exitCode: 1, endsAfterTermMs: 10 });
    this.hypervisor = new FakeHypervisor({
      world,
      guest: ({ name: machine }) => (machine.startsWith('deaf') ? { agentAfterMs: 2_000 } : politeGuest),
      hasVolume: (volume) => this.volumes.has(volume),
      coresOf: ({ name: machine }) => coresOf(machine),
    });
    this.network = new FakeNetwork(clock);
  }

  /** Names of the machines that run here. */
  runningNames(): readonly string[] {
    const running = this.containers.actual().filter(({ state }) => state === 'running');
    const guests = this.hypervisor.actual().map(({ machine }) => machine.name);
    return [...running.map((facts) => containerLabels(facts).podName), ...guests];
  }

  /** What the host's own counters say. */
  readonly load = (): HostReading => ({ cpuSeconds: this.#work.secondsOf(this.name, this), memoryBytes: 2 ** 28 });

  /** Changes with every boot, as the kernel's own. */
  get bootId(): string {
    return `${this.name}-boot-${this.#boots}`;
  }

  /** It is switched off in order: whatever was written is safe, and nothing runs any more. */
  async switchOff(): Promise<void> {
    this.disk.sync();
    this.podRecords.sync();
    this.instanceRecords.sync();
    await this.cutPower();
  }

  /** Everything stops at once; what is left is what was safe on the disk. */
  async cutPower(): Promise<void> {
    this.#boots++;
    this.clock.reboot();
    for (const { id } of this.containers.actual()) this.containers.kill(id);
    for (const { machine } of this.hypervisor.actual()) {
      this.hurt.add(machine.uid);
      this.hypervisor.crash(machine.uid);
    }
    await this.network.remove();
    this.podRecords.cutPower(this.#random);
    this.instanceRecords.cutPower(this.#random);
    const lost = this.disk.cutPower(this.#random);
    this.#events.add(`${this.name} loses its power${lost > 0 ? `, and ${lost} batches that were not synced` : ''}`);
  }

  facts(): Promise<NodeFacts> {
    const { cpuMillis, memoryBytes } = this.size;
    return Promise.resolve({
      hostname: this.name,
      ips: [`192.0.2.${10 + Number(this.name.slice(this.name.lastIndexOf('-') + 1))}`],
      cpuMillis,
      memoryBytes,
      memoryAvailableBytes: memoryBytes,
      storageBytes: STORAGE_BYTES,
      storageAvailableBytes: STORAGE_BYTES,
      mostMachines: 110,
      info: { ...INFO, bootID: this.bootId },
      reservedCpuMillis: 100,
      reservedMemoryBytes: 256 * 2 ** 20,
      labels: this.#labels,
      annotations: {},
      conditions: [],
    });
  }
}

const politeGuest = { agentAfterMs: 2_000, offAfterMs: 1_500 };
const STORAGE_BYTES = 200 * 2 ** 30;
const INFO: NodeFacts['info'] = {
  machineID: 'simulated',
  systemUUID: 'simulated',
  bootID: '',
  kernelVersion: '6.0',
  osImage: 'simulated',
  containerRuntimeVersion: 'fake://1',
  kubeletVersion: 'v0',
  kubeProxyVersion: 'v0',
  operatingSystem: 'linux',
  architecture: 'amd64',
};
