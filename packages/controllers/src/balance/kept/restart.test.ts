/** What a policy has learned outlives the program: controllers that are stopped at any moment, and others that go on. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { silentLog } from '@godwit/base';
import { ApiClient } from '@godwit/client';
import {
  type BalancePolicySpec,
  balancePolicy,
  configMap,
  type Door,
  pod,
  StatusFailure,
  virtualMachineInstance,
} from '@godwit/kinds';
import { decisionAnnotation } from '@godwit/planner';
import { GarbageCollector } from '../../garbage-collector/index.ts';
import { SimulatedCloud } from '../../test-support/simulated-cloud.ts';
import { ApiMover, BalanceController, type BalanceDrivers } from '../index.ts';
import { momentOf } from '../moment.ts';
import { PolicyMemory } from '../policy-memory.ts';
import { Shelf } from './shelf.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let cloud: SimulatedCloud;
let client: ApiClient;
let warnings: string[];
const opened: ApiClient[] = [];
const uses = new Map<string, { cpu: number; memory: number }>();

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  warnings = [];
  uses.clear();
  for (const name of ['a', 'b']) await cloud.addHost(name, { memory: '8Gi' });
});

afterEach(async () => {
  await cloud.close();
  for (const one of opened.splice(0)) one.close();
});

/** A program of its own, with nothing but what stands in the API; answers how to stop it. */
function run(
  drivers: (client: ApiClient) => BalanceDrivers = () => ({}),
  changed: (door: Door) => Door = (door) => door,
) {
  const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
  const own = new ApiClient(changed(cloud.client().wire), { ...cloud.world, log });
  opened.push(own);
  return cloud.run(new BalanceController(own, drivers(own), { read: async () => new Map(uses) }));
}

async function addPod(name: string, host: string, cpu: number): Promise<void> {
  const place = { namespace: 'default', name };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: 'u', controller: true };
  await client.resource(pod).create({
    metadata: { ...place, ownerReferences: [owner] },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m', memory: '256Mi' } } }] },
  });
  const target = { kind: 'Node', name: host };
  await client.door.create(
    { group: '', version: 'v1', plural: 'pods', ...place, subresource: 'binding' },
    { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target },
  );
  const bound = await client.resource(pod).get(place);
  await client.resource(pod).updateStatus({ ...bound, status: { phase: 'Running' } });
  uses.set(`pod/default/${name}`, { cpu, memory: 2 ** 28 });
}

async function addInstance(name: string, host: string, cpu: number, record?: object): Promise<void> {
  const instances = client.resource(virtualMachineInstance);
  const place = { namespace: 'default', name };
  const domain = { devices: {}, resources: { requests: { memory: '64Mi', cpu: '100m' } } };
  await instances.create({ metadata: place, spec: { domain } });
  const { group, version, plural } = virtualMachineInstance;
  const annotations = record ? { [decisionAnnotation]: JSON.stringify(record) } : {};
  await client.door.create(
    { group, version, plural, ...place, subresource: 'binding' },
    { apiVersion: 'v1', kind: 'Binding', metadata: { name, annotations }, target: { kind: 'Node', name: host } },
  );
  const bound = await instances.get(place);
  await instances.updateStatus({ ...bound, status: { ...bound.status, phase: 'Running' } });
  uses.set(`vmi/default/${name}`, { cpu, memory: 2 ** 26 });
}

const addPolicy = (spec: BalancePolicySpec) =>
  client.resource(balancePolicy).create({ metadata: { name: 'default' }, spec });
const find = () => client.resource(balancePolicy).get({ name: 'default' });
const kept = async () =>
  (await client.resource(configMap).list({ namespace: 'kube-system' })).items.filter(({ metadata }) =>
    metadata.name.startsWith('balance-policy-'),
  );

/** The status of the first plan that is made from now on. */
async function nextPlan() {
  const { time } = (await find()).status?.plan ?? {};
  await cloud.pass(1_000);
  await cloud.until('there is another plan', async () => (await find()).status?.plan?.time !== time);
  return (await find()).status;
}

const recommended = async () => (await nextPlan())?.recommendations?.map(({ recommended: size }) => size);

/** What another program would have kept that has watched a pod for seven hours until now. */
async function keepSevenHours(): Promise<void> {
  await addPod('web', 'a', 2000);
  const policy = await addPolicy({ balance: { mode: 'off' }, power: { mode: 'off' } });
  const memory = new PolicyMemory(policy.spec);
  const shelf = new Shelf(client, policy.metadata.uid, memory);
  const { monotonicMs, wallMs } = momentOf(cloud.clock);
  const moment = (agoMs: number) => ({ monotonicMs: monotonicMs - agoMs, wallMs: wallMs - agoMs });
  await shelf.recall(moment(7 * HOUR));
  for (let agoMs = 7 * HOUR; agoMs >= 0; agoMs -= MINUTE) memory.observe(uses, new Set(uses.keys()), moment(agoMs));
  await shelf.tend(policy, moment(0));
}

test('a recommendation stands after a restart; without what was kept it would take six hours', async () => {
  await addPod('web', 'a', 2000);
  await addPolicy({ balance: { mode: 'off' }, power: { mode: 'off' } });
  const stop = run();
  await cloud.pass(6 * HOUR + 15 * MINUTE);
  const before = await recommended();
  assert.ok(before && before.length > 0);
  await stop();
  await cloud.pass(20 * MINUTE);
  const stopSecond = run();
  assert.deepEqual(await recommended(), before);
  await stopSecond();
  for (const { metadata } of await kept()) await client.resource(configMap).delete(metadata);
  run();
  assert.deepEqual(await recommended(), []);
  assert.deepEqual(warnings, []);
});

test('what is kept goes with the policy, and when nothing is measured any more', async () => {
  await keepSevenHours();
  run();
  cloud.run(new GarbageCollector(client));
  assert.equal((await kept()).length, 2);
  const off = { mode: 'off' } as const;
  await client.resource(balancePolicy).modify({ name: 'default' }, (draft) => {
    draft.spec = { balance: off, power: off, rightSize: off };
  });
  await cloud.until('nothing is kept', async () => (await kept()).length === 0);
  await client.resource(balancePolicy).modify({ name: 'default' }, (draft) => {
    draft.spec = {};
  });
  await cloud.until('it is kept again', async () => (await kept()).length === 2);
  await client.resource(balancePolicy).delete({ name: 'default' });
  await cloud.until('it is gone with the policy', async () => (await kept()).length === 0);
});

test('what is damaged or of somebody else is learned anew, with one warning', async () => {
  await keepSevenHours();
  for (const map of await kept()) {
    const data = map.data?.['machines'] ? { ...map.data, machines: 'pod/default/web AAAA\nnonsense\n' } : { a: 'b' };
    await client.resource(configMap).update({ ...map, data });
  }
  const stopSecond = run();
  assert.deepEqual(await recommended(), []);
  await cloud.pass(15 * MINUTE);
  await stopSecond();
  assert.deepEqual(warnings, ['what a policy had learned is damaged, and is learned anew']);
  run();
  await nextPlan();
  assert.equal(warnings.length, 1);
});

test('before what was kept could be read nothing is planned, and nothing is kept in its place', async () => {
  await keepSevenHours();
  const stop = run();
  const before = await recommended();
  await stop();
  const resourceVersions = async () => (await kept()).map(({ metadata }) => metadata.resourceVersion);
  const versions = await resourceVersions();
  const { time } = (await find()).status?.plan ?? {};
  let isReadable = false;
  run(undefined, (door) => ({
    get: (...args) => door.get(...args),
    watch: (...args) => door.watch(...args),
    create: (...args) => door.create(...args),
    update: (...args) => door.update(...args),
    patch: (...args) => door.patch(...args),
    delete: (...args) => door.delete(...args),
    deleteCollection: (...args) => door.deleteCollection(...args),
    list: async (address, options) => {
      if (address.plural === 'configmaps' && !isReadable) throw new StatusFailure('ServiceUnavailable', 'not now');
      return door.list(address, options);
    },
  }));
  await cloud.pass(30 * MINUTE);
  assert.equal((await find()).status?.plan?.time, time);
  assert.deepEqual(await resourceVersions(), versions);
  isReadable = true;
  assert.deepEqual(await recommended(), before);
});

test('a clock that was set back, or far ahead, costs nothing that was learned', async () => {
  await keepSevenHours();
  const stop = run();
  const before = await recommended();
  assert.equal(before?.length, 2);
  await stop();
  cloud.clock.jump(-400 * 24 * HOUR);
  const stopSecond = run();
  assert.deepEqual(await recommended(), before);
  await cloud.pass(15 * MINUTE);
  await stopSecond();
  cloud.clock.jump(4000 * 24 * HOUR);
  run();
  assert.deepEqual(await recommended(), before);
});

test('other half-lives begin anew, other percentiles do not', async () => {
  await keepSevenHours();
  run();
  const before = await recommended();
  const change = (rightSize: BalancePolicySpec['rightSize']) =>
    client.resource(balancePolicy).modify({ name: 'default' }, (draft) => {
      draft.spec = { ...draft.spec, ...(rightSize && { rightSize }) };
    });
  await change({ cpuPercentile: 90, margin: 15 });
  assert.deepEqual(await recommended(), before);
  await change({ cpuHalfLifeHours: 12 });
  assert.deepEqual(await recommended(), []);
});

const packing = (maximumMovesPerHour: number): BalancePolicySpec => ({
  placement: { strategy: 'pack' },
  balance: { mode: 'automatic', maximumMovesPerHour },
  reserve: { hosts: 0 },
});

test('the limit on the moves of an hour holds for pods, whenever the program ends', async () => {
  for (let index = 0; index < 8; index++) await addPod(`web-${index}`, 'a', 1400);
  const moves: string[] = [];
  const moved = async ({ metadata: { name } }: { metadata: { name: string } }) => void moves.push(name);
  await addPolicy(packing(1));
  // It ends with the first pod: what it was about to do is known.
  let isOver = false;
  const died = Promise.withResolvers<void>();
  const stop = run(() => ({
    mover: {
      move: async (machine) => {
        await moved(machine);
        isOver = true;
        await died.promise;
      },
    },
  }));
  await cloud.until('the first one goes', () => isOver);
  const stopped = stop();
  for (let restart = 0; restart < 5; restart++) {
    const stopNext = run(() => ({ mover: { move: moved } }));
    await cloud.pass(10 * MINUTE);
    await stopNext();
  }
  assert.equal(moves.length, 1);
  run(() => ({ mover: { move: moved } }));
  await cloud.until('the next one goes', () => moves.length > 1, HOUR);
  died.reject(new Error('it is over'));
  await stopped;
});

test('the limit holds for virtual machines by what stands in them', async () => {
  for (let index = 0; index < 4; index++) await addInstance(`vm-${index}`, 'a', 1400);
  const instances = client.resource(virtualMachineInstance);
  const moves = async () =>
    (await instances.list({ namespace: 'default' })).items.filter(({ status }) => status?.migrationState).length;
  await addPolicy(packing(1));
  const stop = run((own) => ({ mover: new ApiMover(own) }));
  await cloud.until('the first one goes', async () => (await moves()) === 1);
  await stop();
  for (let restart = 0; restart < 5; restart++) {
    const stopNext = run((own) => ({ mover: new ApiMover(own) }));
    await cloud.pass(10 * MINUTE);
    await stopNext();
  }
  assert.equal(await moves(), 1);
  run((own) => ({ mover: new ApiMover(own) }));
  await cloud.until('the next one goes', async () => (await moves()) > 1, HOUR);
});

test('who moved a short while ago stays, although another program moved it', async () => {
  const at = Math.floor(cloud.clock.now() / 1000) - 60;
  const record = { v: 1, do: 'move', at, by: 'somebody', policy: 'another', to: 'a', why: { is: 'overload' } };
  await addInstance('moved', 'a', 100, record);
  await addInstance('other', 'b', 1000);
  const stays = { type: 'merge', body: { metadata: { annotations: { 'godwit.dev/stays': 'true' } } } } as const;
  await client.resource(virtualMachineInstance).patch({ namespace: 'default', name: 'other' }, stays);
  await addPolicy({ placement: { strategy: 'energy' }, reserve: { hosts: 0 } });
  run();
  assert.match(JSON.stringify((await nextPlan())?.plan?.kept), /vmi\/default\/moved moved a short while ago/);
  await cloud.pass(20 * MINUTE);
  assert.deepEqual(
    (await nextPlan())?.plan?.moves?.map(({ machine }) => machine),
    ['vmi/default/moved'],
  );
});
