import type { Random, World } from '@godwit/base';
import { SeededIds, silentLog } from '@godwit/base';
import type { NodeFacts } from '@godwit/host';
import { FakeContainers, FakeHypervisor, FakeNetwork, FakePodFolders, FakeVolumes } from '@godwit/host/fake';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { SimulatedRecords } from '../disk/simulated-records.ts';
import type { EventLog } from '../world/event-log.ts';
import type { HostClock } from '../world/host-clock.ts';

export interface HostSize {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
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
  readonly #random: Random;
  readonly #events: EventLog;
  #boots = 0;

  constructor(name: string, size: HostSize, clock: HostClock, random: Random, events: EventLog) {
    this.name = name;
    this.clock = clock;
    this.size = size;
    this.#random = random;
    this.#events = events;
    const world: World = { clock, random: random.fork(), ids: new SeededIds(random.fork()), log: silentLog };
    this.containers = new FakeContainers(world);
    this.containers.addImage('web', { endsAfterTermMs: 800 });
    this.containers.addImage('stubborn', {});
    this.containers.addImage('brief', { runsMs: 5_000, exitCode: 0, endsAfterTermMs: 10 });
    this.containers.addImage('failing', { runsMs: 3_000, exitCode: 1, endsAfterTermMs: 10 });
    this.hypervisor = new FakeHypervisor({
      world,
      guest: ({ name: machine }) => (machine.startsWith('deaf') ? { agentAfterMs: 2_000 } : politeGuest),
      hasVolume: (volume) => this.volumes.has(volume),
    });
    this.network = new FakeNetwork(clock);
  }

  /** Changes with every boot, as the kernel's own. */
  get bootId(): string {
    return `${this.name}-boot-${this.#boots}`;
  }

  /** Everything stops at once; what is left is what was safe on the disk. */
  async cutPower(): Promise<void> {
    this.#boots++;
    this.clock.reboot();
    for (const { id } of this.containers.actual()) this.containers.kill(id);
    for (const { machine } of this.hypervisor.actual()) this.hypervisor.crash(machine.uid);
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
      labels: {},
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
