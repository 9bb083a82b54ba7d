import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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
} from '../fake/index.ts';
import { Incarnation, MemoryRecords } from '../machine/index.ts';
import { PodManager } from './pod-manager.ts';

type Spec = Partial<Pod['spec']>;

/** One simulated host, whose program can crash and come back. */
class Host {
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
    this.#life.end();
    this.manager = this.#begin();
    await this.manager.adopt();
    for (const pod of this.objects.values()) this.manager.ensure(pod);
    for (const uid of this.manager.known()) if (!this.objects.has(uid)) this.manager.absent(uid);
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

function podOf(spec: Spec = {}): Stored<Pod> {
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

async function hostWith(programs: Record<string, FakeProgram>): Promise<Host> {
  const host = new Host();
  for (const [name, program] of Object.entries(programs)) host.containers.addImage(name, program);
  await host.manager.adopt();
  return host;
}

describe('pods', () => {
  test('a pod becomes ready with its address and start time', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const status = host.status(pod);
    assert.equal(status?.phase, 'Running');
    assert.equal(status?.podIP, `10.80.0.${serial}`);
    assert.equal(status?.hostIP, '192.0.2.1');
    assert.equal(status?.qosClass, 'BestEffort');
    assert.equal(status?.containerStatuses?.[0]?.ready, true);
    for (const type of ['Initialized', 'ContainersReady', 'Ready', 'PodScheduled', 'PodReadyToStartContainers']) {
      assert.equal(host.condition(pod, type), 'True', type);
    }
    assert.deepEqual(
      host.reporter.events.map(({ reason }) => reason),
      ['Pulled', 'Created', 'Started'],
    );
  });

  test('a deleted pod gets SIGTERM, then its grace period, then the kill, and leaves nothing', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.delete(pod, 10);
    await host.pass(9_000);
    assert.equal(host.running().length, 1);
    await host.pass(2_000);
    assert.deepEqual(host.containers.actual(), []);
    assert.deepEqual(await host.network.ports(), []);
    assert.equal(host.folders.mounted.size, 0);
    assert.ok(host.reporter.gone.has(pod.metadata.uid));
    assert.deepEqual(host.manager.known(), []);
    assert.equal((await host.records.load()).size, 0);
  });

  test('a program that obeys SIGTERM ends the pod at once', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 100 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.delete(pod, 30);
    await host.pass(1_000);
    assert.deepEqual(host.manager.known(), []);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.terminated?.exitCode, 0);
  });

  test('a killed container is started again at once, then with growing waits', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const kill = async () => {
      for (const { id, state } of host.containers.actual()) if (state === 'running') host.containers.kill(id);
    };
    await kill();
    await host.pass(500);
    assert.equal(host.running().length, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 137);
    await kill();
    await host.pass(5_000);
    assert.equal(host.running().length, 0);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'CrashLoopBackOff');
    assert.equal(host.condition(pod, 'Ready'), 'False');
    await host.pass(6_000);
    assert.equal(host.running().length, 1);
    await kill();
    await host.pass(19_000);
    assert.equal(host.running().length, 0);
    await host.pass(2_000);
    assert.equal(host.running().length, 1);
  });

  test('the back-off is forgotten after ten minutes of running', async () => {
    const host = await hostWith({ web: { runsMs: 601_000, exitCode: 1 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(601_000 * 3 + 5_000);
    assert.equal(host.running().length, 1);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 3);
  });

  test('restart policies decide what becomes of ended containers', async () => {
    const cases = [
      { restartPolicy: 'Never', exitCode: 0, phase: 'Succeeded', runs: 1 },
      { restartPolicy: 'Never', exitCode: 3, phase: 'Failed', runs: 1 },
      { restartPolicy: 'OnFailure', exitCode: 0, phase: 'Succeeded', runs: 1 },
      { restartPolicy: 'OnFailure', exitCode: 3, phase: 'Running', runs: 3 },
      { restartPolicy: 'Always', exitCode: 0, phase: 'Running', runs: 3 },
    ] as const;
    for (const { restartPolicy, exitCode, phase, runs } of cases) {
      const host = await hostWith({ web: { runsMs: 100, exitCode } });
      const pod = podOf({ restartPolicy });
      host.ensure(pod);
      await host.pass(15_000);
      const status = host.status(pod);
      assert.equal(status?.phase, phase, `${restartPolicy} ${exitCode}`);
      assert.equal((status?.containerStatuses?.[0]?.restartCount ?? 0) + 1, runs, `${restartPolicy} ${exitCode}`);
      if (phase === 'Succeeded' || phase === 'Failed') assert.deepEqual(await host.network.ports(), []);
    }
  });

  test('init containers run in order, sidecars stay, and all of them before the others', async () => {
    const host = await hostWith({ init: { runsMs: 1_000 }, side: {}, web: {} });
    const pod = podOf({
      initContainers: [
        { name: 'one', image: 'init' },
        { name: 'side', image: 'side', restartPolicy: 'Always' },
        { name: 'two', image: 'init' },
      ],
    });
    host.ensure(pod);
    await host.pass(900);
    assert.deepEqual(host.running().map(container), ['one']);
    assert.equal(host.status(pod)?.phase, 'Pending');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    await host.pass(600);
    assert.deepEqual(host.running().map(container), ['side', 'two']);
    await host.pass(1_000);
    assert.deepEqual(host.running().map(container), ['side', 'web']);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });

  test('a failing init container with restartPolicy Never fails the pod', async () => {
    const host = await hostWith({ init: { runsMs: 100, exitCode: 1 }, web: {} });
    const pod = podOf({ restartPolicy: 'Never', initContainers: [{ name: 'one', image: 'init' }] });
    host.ensure(pod);
    await host.pass(2_000);
    assert.equal(host.status(pod)?.phase, 'Failed');
    assert.deepEqual(host.running(), []);
  });

  test('a missing image is told clearly and tried again', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(500);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ErrImagePull');
    await host.pass(2_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.state?.waiting?.reason, 'ImagePullBackOff');
    assert.ok(host.reporter.events.some(({ reason, level }) => reason === 'Failed' && level === 'Warning'));
    host.containers.addImage('web');
    await host.pass(10_000);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });

  test('a pod whose image is missing goes at once when it is deleted', async () => {
    const host = await hostWith({});
    const pod = podOf();
    host.ensure(pod);
    await host.pass(25_000);
    host.delete(pod);
    await host.pass(1_000);
    assert.ok(host.reporter.gone.has(pod.metadata.uid));
  });

  test('other failures to start have their own words', async () => {
    const host = await hostWith({ broken: { broken: true }, web: {} });
    const never = podOf({ containers: [{ name: 'web', image: 'absent', imagePullPolicy: 'Never' }] });
    const badName = podOf({ containers: [{ name: 'web', image: 'UPPER case' }] });
    const missing = podOf({ containers: [{ name: 'web', image: 'web', envFrom: [{ configMapRef: { name: 'x' } }] }] });
    const broken = podOf({ containers: [{ name: 'web', image: 'broken' }], restartPolicy: 'Never' });
    for (const pod of [never, badName, missing, broken]) host.ensure(pod);
    await host.pass(5_000);
    const waiting = (pod: Stored<Pod>) => host.status(pod)?.containerStatuses?.[0]?.state?.waiting;
    assert.equal(waiting(never)?.reason, 'ErrImageNeverPull');
    assert.equal(waiting(badName)?.reason, 'InvalidImageName');
    assert.equal(waiting(missing)?.reason, 'CreateContainerConfigError');
    assert.equal(waiting(missing)?.message, 'configmap "x" not found');
    assert.equal(host.status(broken)?.phase, 'Failed');
    assert.equal(host.status(broken)?.containerStatuses?.[0]?.state?.terminated?.reason, 'StartError');
    host.configuration.configMaps.set('default/x', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } });
    await host.pass(60_000);
    assert.equal(host.condition(missing, 'Ready'), 'True');
  });

  test('readiness follows its probe; liveness restarts', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const pod = podOf({
      containers: [
        {
          name: 'web',
          image: 'web',
          readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 1, failureThreshold: 2 },
          livenessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1, failureThreshold: 3 },
        },
      ],
    });
    const ip = `10.80.0.${serial}`;
    host.prober.answers.set(`${ip}:8080`, { ok: false, message: 'no' });
    host.ensure(pod);
    await host.pass(3_000);
    assert.equal(host.condition(pod, 'Ready'), 'False');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
    host.prober.answers.delete(`${ip}:8080`);
    await host.pass(1_500);
    assert.equal(host.condition(pod, 'Ready'), 'True');
    host.prober.answers.set(`${ip}:9090`, { ok: false, message: 'dead' });
    await host.pass(4_500);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 1);
    assert.ok(host.reporter.events.some(({ message }) => message === 'Liveness probe failed: dead'));
  });

  test('a start-up probe holds the others back', async () => {
    const host = await hostWith({ web: { commands: { check: 1 } } });
    const pod = podOf({
      containers: [
        {
          name: 'web',
          image: 'web',
          startupProbe: { exec: { command: ['check'] }, periodSeconds: 1, failureThreshold: 100 },
          livenessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1, failureThreshold: 1 },
        },
      ],
    });
    host.prober.answers.set(`10.80.0.${serial}:9090`, { ok: false, message: 'dead' });
    host.ensure(pod);
    await host.pass(20_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.started, false);
    assert.equal(host.condition(pod, 'Ready'), 'False');
  });

  test('hooks: ready only after postStart, SIGTERM only after preStop', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const lifecycle = { postStart: { sleep: { seconds: 2 } }, preStop: { sleep: { seconds: 5 } } };
    const pod = podOf({ containers: [{ name: 'web', image: 'web', lifecycle }] });
    host.ensure(pod);
    await host.pass(1_000);
    assert.equal(host.condition(pod, 'Ready'), 'False');
    await host.pass(2_000);
    assert.equal(host.condition(pod, 'Ready'), 'True');
    host.delete(pod, 30);
    await host.pass(4_500);
    assert.equal(host.running().length, 1);
    await host.pass(1_000);
    assert.deepEqual(host.manager.known(), []);
  });

  test('activeDeadlineSeconds ends a pod', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 } });
    const pod = podOf({ activeDeadlineSeconds: 5 });
    host.ensure(pod);
    await host.pass(7_000);
    assert.equal(host.status(pod)?.phase, 'Failed');
    assert.equal(host.status(pod)?.reason, 'DeadlineExceeded');
    assert.deepEqual(host.running(), []);
  });

  test('another image in the spec replaces the container', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 10 }, newer: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.ensure({ ...pod, spec: { ...pod.spec, containers: [{ name: 'web', image: 'newer' }] } });
    await host.pass(1_000);
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.image, 'newer');
    assert.equal(host.running().length, 1);
  });

  test('an object that vanishes from the API takes its containers with it', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    host.objects.delete(pod.metadata.uid);
    host.manager.absent(pod.metadata.uid);
    await host.pass(3_000);
    assert.deepEqual(host.containers.actual(), []);
    assert.deepEqual(host.manager.known(), []);
  });

  test('stopAll stops everything, and the next start begins again', async () => {
    const host = await hostWith({ web: { endsAfterTermMs: 100 } });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    let stopped = false;
    const stop = async () => {
      await host.manager.stopAll(10_000);
      stopped = true;
    };
    void stop();
    await host.pass(2_000);
    assert.equal(stopped, true);
    assert.deepEqual(host.running(), []);
    assert.equal(host.reporter.gone.size, 0);
    await host.crash();
    await host.pass(2_000);
    assert.equal(host.running().length, 1);
    assert.equal(host.condition(pod, 'Ready'), 'True');
  });
});

describe('crashes of the program', () => {
  test('what runs goes on and stays ready', async () => {
    const host = await hostWith({ web: {} });
    const pod = podOf();
    host.ensure(pod);
    await host.pass(1_000);
    const before = host.containers.actual();
    await host.crash();
    await host.pass(1_000);
    assert.deepEqual(host.containers.actual(), before);
    assert.equal(host.condition(pod, 'Ready'), 'True');
    assert.equal(host.status(pod)?.containerStatuses?.[0]?.restartCount, 0);
  });

  test('what died meanwhile is started again, what was deleted meanwhile is removed', async () => {
    const host = await hostWith({ web: {} });
    const [dead, deleted] = [podOf(), podOf()];
    host.ensure(dead);
    host.ensure(deleted);
    await host.pass(1_000);
    const victim = host.containers.actual().find(({ name }) => name.includes(dead.metadata.uid));
    host.objects.delete(deleted.metadata.uid);
    host.containers.kill(victim?.id ?? '');
    await host.crash();
    await host.pass(5_000);
    assert.deepEqual(host.running().length, 1);
    assert.equal(host.status(dead)?.containerStatuses?.[0]?.restartCount, 1);
    assert.deepEqual(host.manager.known(), [dead.metadata.uid]);
  });

  test('after crashes at any moments there is exactly one running copy, and deletion leaves nothing', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new SeededRandom(seed);
      const host = await hostWith({ web: { endsAfterTermMs: 50 }, init: { runsMs: 30 } });
      const pod = podOf({ initContainers: [{ name: 'init', image: 'init' }] });
      host.ensure(pod);
      for (let crash = 0; crash < 1 + random.integer(4); crash++) {
        await host.pass(random.integer(250));
        await host.crash();
        assertNoTwins(host, seed);
      }
      await host.pass(30_000);
      assert.deepEqual(host.running().map(container), ['web'], `seed ${seed}`);
      assert.equal(host.condition(pod, 'Ready'), 'True', `seed ${seed}`);
      host.delete(pod);
      for (let crash = 0; crash < 1 + random.integer(3); crash++) {
        await host.pass(random.integer(120));
        await host.crash();
      }
      await host.pass(60_000);
      assert.deepEqual(host.containers.actual(), [], `seed ${seed}`);
      assert.deepEqual(await host.network.ports(), [], `seed ${seed}`);
      assert.deepEqual(host.manager.known(), [], `seed ${seed}`);
      assert.ok(host.reporter.gone.has(pod.metadata.uid), `seed ${seed}`);
    }
  });
});

const container = (name: string): string => name.split('_')[1] ?? '';

function assertNoTwins(host: Host, seed: number): void {
  const names = host.running().map(container);
  assert.equal(new Set(names).size, names.length, `two copies run, seed ${seed}: ${names.join(' ')}`);
}
