import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, SeededRandom } from '@godwit/base';
import type { ApiClient } from '@godwit/client';
import {
  instanceFinalizer,
  isNotFound,
  isReason,
  type LifecycleChange,
  type PrintableStatus,
  type RunStrategy,
  restartMachine,
  startMachine,
  stopMachine,
  type VirtualMachineInstancePhase,
  virtualMachine,
  virtualMachineInstance,
} from '@godwit/kinds';
import { Scheduler } from '../scheduler/index.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { VirtualMachineInstanceController } from '../virtual-machine-instance/index.ts';
import { VirtualMachineController } from './index.ts';

const KEY = { namespace: 'default', name: 'vm' };

/** The real API and controllers; the test plays the user and the host. */
class Stage {
  readonly cloud: SimulatedCloud;
  readonly client: ApiClient;
  stopControllers: () => Promise<void>;

  static async open(seed = 1): Promise<Stage> {
    const cloud = await SimulatedCloud.start(seed);
    const stage = new Stage(cloud, cloud.client().client);
    await cloud.addHost('host-1');
    return stage;
  }

  private constructor(cloud: SimulatedCloud, client: ApiClient) {
    this.cloud = cloud;
    this.client = client;
    this.stopControllers = this.#runControllers();
  }

  startControllers(): void {
    this.stopControllers = this.#runControllers();
  }

  #runControllers(): () => Promise<void> {
    const { client } = this.cloud.client();
    return this.cloud.run(
      new VirtualMachineController(client),
      new VirtualMachineInstanceController(client),
      new Scheduler(client),
    );
  }

  close(): Promise<void> {
    return this.cloud.close();
  }

  create(runStrategy: RunStrategy) {
    return this.client.resource(virtualMachine).create({
      metadata: KEY,
      spec: { runStrategy, template: { spec: { domain: { devices: {}, memory: { guest: '64Mi' } } } } },
    });
  }

  machine = () => this.client.resource(virtualMachine).find(KEY);
  instance = () => this.client.resource(virtualMachineInstance).find(KEY);

  async shows(status: PrintableStatus): Promise<void> {
    await this.cloud.until(
      `it shows ${status}`,
      async () => (await this.machine())?.status?.printableStatus === status,
    );
  }

  /** What the host's agent reports. */
  async report(phase: VirtualMachineInstancePhase): Promise<void> {
    const now = '2026-01-01T00:00:00Z';
    await this.client.resource(virtualMachineInstance).modify(
      KEY,
      (draft) => {
        const ready = { type: 'Ready', status: phase === 'Running' ? ('True' as const) : ('False' as const) };
        const times = draft.status?.phaseTransitionTimestamps ?? [];
        draft.status = {
          ...draft.status,
          phase,
          conditions: [ready],
          phaseTransitionTimestamps: [...times, { phase, phaseTransitionTimestamp: now }],
        };
      },
      { subresource: 'status' },
    );
  }

  async run(): Promise<string> {
    await this.cloud.until('it is bound', async () => (await this.instance())?.status?.phase === 'Scheduled');
    await this.report('Running');
    await this.shows('Running');
    return (await this.instance())?.metadata.uid ?? '';
  }

  /** The host has stopped the guest and cleaned up after it. */
  async cleanUp(): Promise<void> {
    await this.client.resource(virtualMachineInstance).modify(KEY, (draft) => {
      draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== instanceFinalizer);
    });
  }

  /** Carries out a lifecycle order as the API does. */
  async order(change: LifecycleChange): Promise<void> {
    const patch = (body: unknown) => ({ type: 'merge' as const, body });
    if (change.machine) await this.client.resource(virtualMachine).patch(KEY, patch(change.machine));
    if (change.status) {
      await this.client.resource(virtualMachine).patch(KEY, patch(change.status), { subresource: 'status' });
    }
  }
}

test('a machine that always runs is started again after its guest has shut down', async () => {
  const stage = await Stage.open();
  await stage.create('Always');
  const first = await stage.run();
  const { status } = (await stage.machine()) ?? {};
  assert.deepEqual([status?.created, status?.ready, status?.runStrategy], [true, true, 'Always']);
  await stage.report('Succeeded');
  await stage.cloud.until('it is to go', async () => Boolean((await stage.instance())?.metadata.deletionTimestamp));
  await stage.cleanUp();
  const second = await stage.run();
  assert.notEqual(second, first);
  // The guest sees the same hardware as before.
  const machine = await stage.machine();
  assert.equal((await stage.instance())?.spec.domain.firmware?.uuid, machine?.metadata.uid);
  await stage.close();
});

test('start, restart and stop by users', async () => {
  const stage = await Stage.open();
  let machine = await stage.create('Manual');
  await stage.shows('Stopped');
  await stage.order(startMachine(machine, undefined));
  const first = await stage.run();
  machine = (await stage.machine()) ?? machine;
  assert.equal(machine.status?.stateChangeRequests, undefined);
  await stage.order(restartMachine(machine, await stage.instance()));
  await stage.shows('Stopping');
  await stage.cleanUp();
  assert.notEqual(await stage.run(), first);
  await stage.order(stopMachine((await stage.machine()) ?? machine, await stage.instance()));
  await stage.shows('Stopping');
  await stage.cleanUp();
  await stage.shows('Stopped');
  assert.equal(await stage.instance(), undefined);
  await stage.close();
});

test('a halted machine that is to start paused does, and runs from then on', async () => {
  const stage = await Stage.open();
  const machine = await stage.create('Halted');
  await stage.shows('Stopped');
  await stage.order(startMachine((await stage.machine()) ?? machine, undefined, { paused: true }));
  await stage.run();
  assert.equal((await stage.instance())?.spec.startStrategy, 'Paused');
  assert.equal((await stage.machine())?.spec.runStrategy, 'Always');
  await stage.close();
});

test('a guest that dies before it runs is tried again, each time later', async () => {
  const stage = await Stage.open();
  await stage.create('Always');
  const started: number[] = [];
  for (let failures = 1; failures <= 3; failures++) {
    await stage.cloud.until('it is bound', async () => (await stage.instance())?.status?.phase === 'Scheduled');
    started.push(stage.cloud.clock.now());
    await stage.report('Failed');
    await stage.cloud.until('it is to go', async () => Boolean((await stage.instance())?.metadata.deletionTimestamp));
    await stage.cleanUp();
    await stage.shows('CrashLoopBackOff');
    assert.equal((await stage.machine())?.status?.startFailure?.consecutiveFailCount, failures);
  }
  await stage.run();
  started.push(stage.cloud.clock.now());
  const waits = started.slice(1).map((at, index) => (at - (started[index] ?? 0)) / 1000);
  for (const [index, seconds] of [10, 40, 90].entries()) {
    assert.ok((waits[index] ?? 0) >= seconds - 1 && (waits[index] ?? 0) <= seconds * 1.5 + 1, waits.join(' '));
  }
  assert.equal((await stage.machine())?.status?.startFailure, undefined);
  await stage.close();
});

test('a deleted machine waits for its instance to be cleaned up', async () => {
  const stage = await Stage.open();
  await stage.create('Always');
  await stage.run();
  await stage.client.resource(virtualMachine).delete(KEY);
  await stage.shows('Terminating');
  await stage.cloud.until('the instance is to go', async () =>
    Boolean((await stage.instance())?.metadata.deletionTimestamp),
  );
  await stage.cloud.pass(60_000);
  assert.ok(await stage.machine());
  await stage.cleanUp();
  await stage.cloud.until('it is gone', async () => (await stage.machine()) === undefined);
  await stage.close();
});

/** One thing that may happen, as far as it can at that moment. */
async function happens(stage: Stage, random: Random): Promise<void> {
  const machine = await stage.machine();
  const instance = await stage.instance();
  if (!machine) return;
  const strategies = ['Always', 'Halted', 'Manual', 'RerunOnFailure', 'Once'] as const;
  const phases = ['Running', 'Running', 'Failed', 'Succeeded'] as const;
  const order = random.integer(9);
  const final = instance?.status?.phase === 'Succeeded' || instance?.status?.phase === 'Failed';
  if (order === 0) await stage.order(startMachine(machine, instance));
  else if (order === 1) await stage.order(stopMachine(machine, instance));
  else if (order === 2) await stage.order(restartMachine(machine, instance));
  else if (order === 3) {
    await stage.client.resource(virtualMachine).modify(KEY, (draft) => {
      draft.spec.runStrategy = strategies[random.integer(strategies.length)] ?? 'Always';
    });
  } else if (order === 4) {
    await stage.stopControllers();
    stage.startControllers();
  } else if (order === 5 && instance) await stage.client.resource(virtualMachineInstance).delete(KEY);
  else if (instance?.metadata.deletionTimestamp) await stage.cleanUp();
  else if (instance?.status?.nodeName && !final) await stage.report(phases[random.integer(phases.length)] ?? 'Running');
  await stage.cloud.pass(random.integer(3) * 700);
}

test('whatever users, guests and crashes do, in the end the machine is what its run strategy says', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const stage = await Stage.open(seed);
    const random = new SeededRandom(seed);
    await stage.create('Manual');
    for (let step = 0; step < 25; step++) {
      try {
        await happens(stage, random);
      } catch (error) {
        // Users are refused what makes no sense, and lose races, all the time.
        if (!isReason(error, 'Conflict') && !isNotFound(error)) throw error;
      }
    }
    await stage.client.resource(virtualMachine).modify(KEY, (draft) => {
      draft.spec.runStrategy = seed % 2 ? 'Always' : 'Halted';
    });
    const settled = async () => {
      const instance = await stage.instance();
      if (instance?.metadata.deletionTimestamp) await stage.cleanUp();
      else if (instance?.status?.phase === 'Scheduled') await stage.report('Running');
      const word = (await stage.machine())?.status?.printableStatus;
      return seed % 2 ? word === 'Running' : word === 'Stopped' && instance === undefined;
    };
    await stage.cloud.until(`seed ${seed} comes to rest`, settled, 3_600_000);
    await stage.close();
  }
});

test('a machine that runs grows with its template, and asks for a restart when it cannot', async () => {
  const stage = await Stage.open();
  await stage.create('Always');
  const first = await stage.run();
  const resize = (domain: object) =>
    stage.client
      .resource(virtualMachine)
      .patch(KEY, { type: 'merge', body: { spec: { template: { spec: { domain } } } } });
  const size = async () => {
    const { cpu, memory } = (await stage.instance())?.spec.domain ?? {};
    return `${cpu?.sockets} ${memory?.guest}`;
  };
  const needsRestart = async () =>
    (await stage.machine())?.status?.conditions?.some(({ type }) => type === 'RestartRequired') ?? false;
  await resize({ cpu: { sockets: 2 }, memory: { guest: '128Mi' } });
  await stage.cloud.until('it has grown', async () => (await size()) === '2 128Mi');
  assert.equal((await stage.instance())?.metadata.uid, first);
  assert.equal(await needsRestart(), false);
  await resize({ cpu: { sockets: 64 } });
  await stage.cloud.until('a restart is asked for', needsRestart);
  assert.equal(await size(), '2 128Mi');
  await stage.close();
});
