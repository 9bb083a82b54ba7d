import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, SeededIds, SeededRandom, silentLog, VirtualClock, type World } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import { FakeHypervisor } from '../fake/hypervisor.ts';
import { FakeNetwork } from '../fake/network.ts';
import type { LaunchRequest } from '../hypervisor-driver.ts';
import { MemoryRecords } from '../machine/index.ts';
import { testInstance } from './test-support/instance.ts';
import { MemoryDoor } from './test-support/memory-door.ts';
import { VirtualMachineManager } from './virtual-machine-manager.ts';

/** Starts the guest the first time too, and says that it has not. */
class ForgetfulHypervisor extends FakeHypervisor {
  #launches = 0;

  override async launch(request: LaunchRequest) {
    const view = await super.launch(request);
    if (++this.#launches === 1) throw new Failure('launch-failed', 'nobody answered', { retryable: true });
    return view;
  }
}

test('a guest that is handed over runs on, is looked after where it arrives, and is stopped there', async () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world: World = { clock, random, ids: new SeededIds(random), log: silentLog };
  const client = new ApiClient(new MemoryDoor(), world);
  const hostOf = async (bootId: string) => {
    const hypervisor = new FakeHypervisor({ world });
    const events = new EventRecorder(client, 'test');
    const network = new FakeNetwork(clock);
    const records = new MemoryRecords();
    const manager = new VirtualMachineManager({ world, client, events, hypervisor, network, records, bootId });
    await manager.adopt();
    return { hypervisor, manager, records };
  };
  const settle = async () => {
    for (let i = 0; i < 60; i++) await Promise.resolve();
  };
  const [here, there] = [await hostOf('here'), await hostOf('there')];
  const machine = testInstance('one', 'machine-1');
  here.manager.ensure(machine);
  await clock.advance(5_000, settle);
  const { startedAtMs } = here.hypervisor.actual()[0]?.view ?? {};
  assert.ok(startedAtMs !== undefined);
  assert.equal(here.hypervisor.handOver('nobody', there.hypervisor), false);
  const { uid } = machine.metadata;
  assert.equal(here.hypervisor.handOver(uid, there.hypervisor), true);
  await here.manager.part(uid);
  const arrived = there.manager.receive(machine);
  await clock.advance(5_000, settle);
  await arrived;
  assert.deepEqual([here.manager.known(), here.hypervisor.remains(), (await here.records.load()).size], [[], [], 0]);
  assert.deepEqual(
    there.hypervisor.actual().map(({ view }) => [view.run, view.startedAtMs]),
    [['running', startedAtMs]],
  );
  there.manager.absent(uid);
  await clock.advance(120_000, settle);
  assert.deepEqual([there.manager.known(), there.hypervisor.remains()], [[], []]);
});

test('a guest that runs although its launch failed is ended before its disks are laid out anew', async () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const world: World = { clock, random, ids: new SeededIds(random), log: silentLog };
  const client = new ApiClient(new MemoryDoor(), world);
  const hypervisor = new ForgetfulHypervisor({ world });
  const manager = new VirtualMachineManager({
    world,
    client,
    events: new EventRecorder(client, 'test'),
    hypervisor,
    network: new FakeNetwork(clock),
    records: new MemoryRecords(),
    bootId: 'this-boot',
  });
  await manager.adopt();
  manager.ensure(testInstance('one', 'machine-1'));
  const settle = async () => {
    for (let i = 0; i < 60; i++) await Promise.resolve();
  };
  await clock.advance(400, settle);
  const [first] = hypervisor.actual();
  await clock.advance(10_000, settle);
  const [second] = hypervisor.actual();
  assert.equal(hypervisor.actual().length, 1);
  assert.ok(first && second && second.view.startedAtMs > first.view.startedAtMs);
});
