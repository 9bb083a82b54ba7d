import { SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import type { Pod, Stored } from '@godwit/kinds';
import {
  FakeConfiguration,
  FakeContainers,
  FakeNetwork,
  FakePodFolders,
  FakePodReporter,
  FakeProber,
  type FakeProgram,
  fakeHostFacts,
  fakePodLogs,
} from '../../fake/index.ts';
import { Incarnation, MemoryRecords } from '../../machine/index.ts';
import { addressesOf } from '../../machine/machine-addresses.ts';
import { PodManager } from '../pod-manager.ts';

type Spec = Partial<Pod['spec']>;

/** One simulated host, whose program can crash and come back. */
export class Host {
  readonly clock = new VirtualClock();
  readonly world: World;
  readonly containers: FakeContainers;
  readonly network = new FakeNetwork(this.clock);
  readonly folders = new FakePodFolders();
  readonly configuration: FakeConfiguration;
  readonly prober = new FakeProber();
  readonly reporter = new FakePodReporter();
  readonly records = new MemoryRecords();
  readonly objects = new Map<string, Stored<Pod>>();
  #life = new Incarnation();
  manager: PodManager;

  constructor() {
    const random = new SeededRandom(1);
    this.world = { clock: this.clock, random, ids: new SeededIds(random), log: silentLog };
    this.containers = new FakeContainers(this.world);
    this.configuration = new FakeConfiguration(this.world);
    this.manager = this.#begin();
  }

  #begin(): PodManager {
    const life = new Incarnation();
    this.#life = life;
    return new PodManager({
      records: life.guard(this.records),
      logs: fakePodLogs,
      tools: {
        world: life.world(this.world),
        containers: life.guard<FakeContainers>(this.containers),
        network: life.guard<FakeNetwork>(this.network),
        folders: life.guard(this.folders),
        configuration: life.guard(this.configuration),
        prober: life.guard(this.prober),
        reporter: life.guard(this.reporter),
        host: fakeHostFacts,
      },
    });
  }

  /** kill -9 of the program, and a new one that adopts. */
  async crash(): Promise<void> {
    await this.crashAlone();
    for (const pod of this.objects.values()) this.manager.ensure(pod);
    for (const uid of this.manager.known()) if (!this.objects.has(uid)) this.manager.absent(uid);
  }

  /** Comes back while the API cannot be reached. */
  async crashAlone(): Promise<void> {
    this.#life.end();
    this.manager = this.#begin();
    await this.manager.adopt();
  }

  ensure(pod: Stored<Pod>): void {
    this.objects.set(pod.metadata.uid, pod);
    this.manager.ensure(pod);
  }

  delete(pod: Stored<Pod>, graceSeconds = 30): void {
    const deletionTimestamp = new Date(this.clock.now() + graceSeconds * 1000).toISOString();
    const metadata = { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds };
    this.ensure({ ...pod, metadata });
  }

  /** Time passes; what the API was told to forget, it forgets. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms, async () => {
      for (let i = 0; i < 40; i++) await Promise.resolve();
      for (const uid of this.reporter.gone) {
        if (this.objects.delete(uid)) this.manager.absent(uid);
      }
    });
  }

  /** Lets so many timers fire, or as many as there are; answers how many. */
  async steps(count: number): Promise<number> {
    for (let step = 0; step < count; step++) {
      await this.pass(0);
      if (!this.clock.step()) return step;
    }
    await this.pass(0);
    return count;
  }

  status(pod: Stored<Pod>) {
    return this.reporter.statuses.get(pod.metadata.uid);
  }

  condition(pod: Stored<Pod>, type: string): string | undefined {
    return this.status(pod)?.conditions?.find((one) => one.type === type)?.status;
  }

  running(): readonly string[] {
    return this.containers.actual().flatMap(({ state, name }) => (state === 'running' ? [name] : []));
  }
}

let serial = 0;

export function podOf(spec: Spec = {}): Stored<Pod> {
  serial++;
  const ip = `10.80.0.${serial}`;
  const address = {
    network: 'default',
    ip,
    prefixLength: 17,
    gateway: '10.80.0.1',
    mac: '0a:58:0a:50:00:01',
    dnsServers: ['10.80.0.1'],
    searchDomains: ['cluster.local'],
    mtu: 1500,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `pod-${serial}`,
      namespace: 'default',
      uid: `uid-${serial}`,
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      annotations: { 'network.godwit.dev/addresses': JSON.stringify([address]) },
    },
    spec: { containers: [{ name: 'web', image: 'web' }], nodeName: 'host-1', ...spec },
  };
}

export async function hostWith(programs: Record<string, FakeProgram>): Promise<Host> {
  const host = new Host();
  for (const [name, program] of Object.entries(programs)) host.containers.addImage(name, program);
  await host.manager.adopt();
  return host;
}

/** The container's own name in the name that the engine has for it. */
export const container = (name: string): string => name.split('_')[1] ?? '';

export function ipOf(pod: Stored<Pod>): string {
  return addressesOf(pod)[0]?.ip ?? '';
}
