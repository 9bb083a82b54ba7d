import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  type BalancePolicy,
  type BalancePolicySpec,
  balancePolicy,
  event,
  node,
  pod,
  virtualMachineInstance,
} from '@godwit/kinds';
import { NodeLifecycleController } from '../node-lifecycle/index.ts';
import { Scheduler } from '../scheduler/index.ts';
import { FakePower } from '../test-support/fake-power.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { ApiMover, BalanceController, type BalanceDrivers, type Mover, type Usages } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;
const uses = new Map<string, { cpu: number; memory: number }>();

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  uses.clear();
});

afterEach(() => cloud.close());

function run(drivers?: BalanceDrivers, read: () => Promise<Usages> = async () => new Map(uses)): void {
  cloud.run(new BalanceController(client, drivers, { read }));
}

async function setReady(name: string, ready: boolean): Promise<void> {
  const found = await client.resource(node).get({ name });
  const conditions = [{ type: 'Ready', status: ready ? ('True' as const) : ('Unknown' as const) }];
  const status = { allocatable: { cpu: '4', memory: '8Gi', pods: '20' }, conditions };
  await client.resource(node).updateStatus({ ...found, status });
}

async function addHost(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
  await client.resource(node).create({ metadata: { name, labels } });
  await setReady(name, true);
}

/** A pod on a host, that uses so much. */
async function addPod(name: string, host: string, cpu: number, more: { cpu?: string } = {}): Promise<void> {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'set', uid: 'u', controller: true };
  const requests = { cpu: more.cpu ?? '100m', memory: '256Mi' };
  const created = await client.resource(pod).create({
    metadata: { name, namespace: 'default', ownerReferences: [owner] },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests } }] },
  });
  await client.door.create(
    { group: '', version: 'v1', plural: 'pods', namespace: 'default', name, subresource: 'binding' },
    { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: host } },
  );
  const bound = await client.resource(pod).get({ namespace: 'default', name: created.metadata.name });
  await client.resource(pod).updateStatus({ ...bound, status: { phase: 'Running' } });
  uses.set(`pod/default/${name}`, { cpu, memory: 2 ** 28 });
}

const addPolicy = (spec: BalancePolicySpec, name = 'default') =>
  client.resource(balancePolicy).create({ metadata: { name }, spec });
const find = (name = 'default') => client.resource(balancePolicy).get({ name });
const conditionOf = ({ status }: BalancePolicy, type: string) =>
  status?.conditions?.find((condition) => condition.type === type);

async function planned(name = 'default'): Promise<BalancePolicy> {
  await cloud.until('there is a plan', async () => (await find(name)).status?.plan !== undefined);
  return find(name);
}

test('without a way to move, a plan stands in the status as advice, and an event tells of it', async () => {
  for (const name of ['a', 'b', 'c']) await addHost(name);
  for (let index = 0; index < 4; index++) await addPod(`web-${index}`, 'a', 1400);
  run();
  await addPolicy({ placement: { strategy: 'pack' }, reserve: { hosts: 0 } });
  const { status } = await planned();
  assert.equal(status?.plan?.outcome, 'proposed');
  assert.equal(status?.hosts, 3);
  assert.ok(status?.plan?.moves?.every(({ from, why }) => from === 'a' && /less processor time/.test(why)));
  const told = async () =>
    (await client.resource(event).list()).items.find(({ reason }) => reason === 'Proposed')?.message ?? '';
  await cloud.until('an event tells it', async () => (await told()) !== '');
  const count = status?.plan?.moves?.length ?? 0;
  assert.ok((await told()).includes(count === 1 ? '1 move' : `${count} moves`), await told());
  assert.ok(!(await told()).includes('1 moves'));
});

test('an automatic policy moves machines, each once, and lets them stay', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  for (let index = 0; index < 4; index++) await addPod(`web-${index}`, 'a', 1400);
  const moves: string[] = [];
  const reasons: string[] = [];
  const move: Mover['move'] = async ({ metadata }, to, record) => {
    moves.push(`${metadata.name} ${to}`);
    reasons.push(`${record.do} ${record.to} by ${record.policy}, from ${record.in?.from}`);
  };
  run({ mover: { move } });
  await addPolicy({ placement: { strategy: 'pack' }, balance: { mode: 'automatic' }, reserve: { hosts: 0 } });
  const { status } = await planned();
  assert.equal(status?.plan?.outcome, 'carried-out');
  assert.ok(moves.length > 0 && moves.every((one) => one.endsWith(' b')));
  assert.equal(new Set(moves).size, moves.length);
  assert.deepEqual(new Set(reasons), new Set(['move b by default, from a']));
});

test('hosts sleep when they are not needed, and wake before the reserve is missing', async () => {
  for (const name of ['a', 'b', 'c', 'd'])
    await addHost(name, name === 'd' ? { 'node-role.kubernetes.io/control-plane': '' } : {});
  await addPod('web', 'a', 500);
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  run({ power });
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 1 } });
  await cloud.until(
    'hosts sleep',
    async () => (await power.state('b')) === 'off' && (await power.state('c')) === 'off',
    3_600_000,
  );
  assert.equal(await power.state('d'), 'on');
  const { metadata } = await client.resource(node).get({ name: 'b' });
  const record = JSON.parse(metadata.annotations?.['godwit.dev/decision'] ?? '{}');
  assert.deepEqual([record.do, record.to, record.policy], ['power', 'off', 'default']);
  await setReady('d', false);
  await cloud.until(
    'one is woken',
    async () => [await power.state('b'), await power.state('c')].includes('on'),
    3_600_000,
  );
});

test('a machine that finds no host wakes one that sleeps, at once', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 500);
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  run({ power });
  cloud.run(new NodeLifecycleController(client), new Scheduler(client));
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  await cloud.until('b sleeps', async () => (await power.state('b')) === 'off', 3_600_000);
  const { spec } = await client.resource(node).get({ name: 'b' });
  assert.deepEqual(
    spec?.taints?.map(({ key, value }) => `${key}=${value}`),
    ['godwit.dev/asleep=asleep'],
  );
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '3950m' } } }];
  await client.resource(pod).create({ metadata: { name: 'large', namespace: 'default' }, spec: { containers } });
  const large = () => client.resource(pod).get({ namespace: 'default', name: 'large' });
  await cloud.until('it is put on b', async () => (await large()).spec.nodeName === 'b', 30_000);
  const woken = await client.resource(node).get({ name: 'b' });
  assert.deepEqual(woken.spec?.taints ?? [], []);
  assert.match(
    woken.metadata.annotations?.['godwit.dev/decision'] ?? '',
    /"do":"power","to":"on".*"why":\{"is":"waiting"\}/,
  );
});

test('where a host cannot be woken another is, and it is tried again later', async () => {
  for (const name of ['a', 'b', 'c']) await addHost(name);
  await addPod('web', 'a', 500);
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  const tries: string[] = [];
  let broken: string | undefined;
  const wake = async (host: string) => {
    broken ??= host;
    tries.push(host);
    if (host === broken) throw new Error('nobody answers');
    await power.wake(host);
  };
  run({ power: { state: (host) => power.state(host), sleep: (host) => power.sleep(host), wake } });
  cloud.run(new NodeLifecycleController(client), new Scheduler(client));
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  const isOff = async (name: string) => (await power.state(name)) === 'off';
  await cloud.until('both sleep', async () => (await isOff('b')) && (await isOff('c')), 3_600_000);
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu: '3950m' } } }];
  await client.resource(pod).create({ metadata: { name: 'large', namespace: 'default' }, spec: { containers } });
  const large = () => client.resource(pod).get({ namespace: 'default', name: 'large' });
  await cloud.until('it has a host', async () => (await large()).spec.nodeName !== undefined, 400_000);
  assert.ok(broken !== undefined && (await large()).spec.nodeName !== broken);
  assert.deepEqual(tries.slice(0, 2), [broken, (await large()).spec.nodeName]);
  const { spec } = await client.resource(node).get({ name: broken });
  assert.deepEqual(
    spec?.taints?.map(({ value }) => value),
    ['asleep'],
  );
});

test('a host that cannot be switched off stays open', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 500);
  let tries = 0;
  const sleep = () => Promise.reject(new Error(`no switch ${++tries}`));
  run({ power: { state: async () => 'on', wake: async () => undefined, sleep } });
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  await cloud.until('it was tried', () => tries > 0, 3_600_000);
  await cloud.pass(1_000);
  assert.deepEqual((await client.resource(node).get({ name: 'b' })).spec?.taints ?? [], []);
});

const taintsOf = async (name: string) =>
  ((await client.resource(node).get({ name })).spec?.taints ?? []).map(({ value }) => value);

test('a host that is off stays closed, although its driver said that it could not switch it off', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 500);
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  const sleep = async (name: string) => {
    await power.sleep(name);
    throw new Error('no answer');
  };
  run({ power: { state: (name) => power.state(name), wake: (name) => power.wake(name), sleep } });
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  await cloud.until('b is off', async () => (await power.state('b')) === 'off', 3_600_000);
  await cloud.pass(1_000);
  assert.deepEqual(await taintsOf('b'), ['asleep']);
});

test('who was told to sleep when its controller died sleeps in the end', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 500);
  const told = await client.resource(node).get({ name: 'b' });
  const taints = [{ key: 'godwit.dev/asleep', value: 'asleep', effect: 'NoSchedule' as const }];
  await client.resource(node).update({ ...told, spec: { taints } });
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  run({ power });
  await cloud.until('b sleeps', async () => (await power.state('b')) === 'off', 3_600_000);
  assert.deepEqual(await taintsOf('b'), ['asleep']);
});

test('hosts that a policy has put to sleep are woken when it is gone', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 500);
  const power = new FakePower((host, state) => setReady(host, state === 'on'));
  run({ power });
  await addPolicy({ placement: { strategy: 'energy' }, power: { mode: 'automatic' }, reserve: { hosts: 0 } });
  await cloud.until('b sleeps', async () => (await power.state('b')) === 'off', 3_600_000);
  await client.resource(balancePolicy).delete({ name: 'default' });
  await cloud.until('b is on', async () => (await power.state('b')) === 'on', 120_000);
  const { metadata } = await client.resource(node).get({ name: 'b' });
  const [record] = JSON.parse(metadata.annotations?.['godwit.dev/decision'] ?? '[]');
  assert.deepEqual([record.do, record.to, record.why], ['power', 'on', { is: 'released' }]);
});

test('a policy that is only about placement measures nothing', async () => {
  await addHost('a');
  let reads = 0;
  run(undefined, async () => {
    reads++;
    return new Map();
  });
  const off = { mode: 'off' } as const;
  await addPolicy({ placement: { strategy: 'pack' }, balance: off, power: off, rightSize: off });
  await cloud.pass(3_600_000);
  assert.equal(reads, 0);
  assert.deepEqual((await find()).status, { observedGeneration: 1 });
});

test('a virtual machine is moved by the API, in one write with the reason, and a pod is evicted', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 100);
  const domain = { devices: {}, resources: { requests: { memory: '64Mi' } } };
  const name = { namespace: 'default', name: 'vm' };
  const instances = client.resource(virtualMachineInstance);
  await instances.create({ metadata: name, spec: { domain } });
  const { group, version, plural } = virtualMachineInstance;
  const target = { apiVersion: 'v1', kind: 'Node', name: 'a' };
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'vm' }, target };
  await client.door.create({ group, version, plural, ...name, subresource: 'binding' }, binding);
  const bound = await instances.get(name);
  await instances.updateStatus({ ...bound, status: { ...bound.status, phase: 'Running' } });
  const why = { is: 'overload' } as const;
  const record = { v: 1, do: 'move', at: 1, by: 'test', policy: 'p', to: 'b', why } as const;
  const mover = new ApiMover(client);
  await mover.move(await instances.get(name), 'b', record);
  const moving = await instances.get(name);
  assert.equal(moving.status?.migrationState?.targetNode, 'b');
  assert.deepEqual(JSON.parse(moving.metadata.annotations?.['godwit.dev/decision'] ?? ''), record);
  await mover.move(await client.resource(pod).get({ namespace: 'default', name: 'web' }), 'b', record);
  const gone = await client.resource(pod).find({ namespace: 'default', name: 'web' });
  assert.ok(gone === undefined || gone.metadata.deletionTimestamp);
});

test('a reserve that does not hold is told', async () => {
  await addHost('a');
  await addPod('web', 'a', 500);
  run();
  await addPolicy({ reserve: { hosts: 3 } });
  assert.equal(conditionOf(await planned(), 'ReserveHolds')?.status, 'False');
});

test('of policies that select the same hosts the oldest governs them, and the other says so', async () => {
  for (const name of ['a', 'b']) await addHost(name, { room: name });
  run();
  await addPolicy({ hostSelector: { matchLabels: { room: 'a' } } }, 'zuerst');
  await cloud.pass(5_000);
  await addPolicy({}, 'all');
  const all = await planned('all');
  assert.equal(all.status?.hosts, 1);
  assert.match(conditionOf(all, 'InForce')?.message ?? '', /zuerst/);
});

test('when nothing can be measured machines count as what they ask for', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 0, { cpu: '3' });
  run(undefined, () => Promise.reject(new Error('no metrics')));
  await addPolicy({ placement: { strategy: 'pack' }, reserve: { hosts: 0 } });
  const { status } = await planned();
  assert.equal(status?.plan?.outcome, 'nothing');
  assert.ok((status?.watts ?? 0) > 0);
});

test('sizes are recommended once machines were watched for long enough, with what they waste', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 100, { cpu: '3' });
  run();
  await addPolicy({ rightSize: { prices: { currency: 'EUR', coreHour: 0.1 } } });
  const found = async () => (await find()).status?.recommendations?.find(({ resource }) => resource === 'cpu');
  await cloud.until('there is advice', async () => (await found()) !== undefined, 8 * 3_600_000);
  assert.equal((await found())?.machine, 'pod/default/web');
  const { status } = await find();
  assert.ok((status?.waste?.cores ?? 0) > 2.5 && (status?.waste?.costPerHour ?? 0) > 0.25);
});

test('an automatic policy gives pods the size that they need, once, and says why', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('web', 'a', 100, { cpu: '3' });
  run();
  await addPolicy({ rightSize: { mode: 'automatic' } });
  const find = () => client.resource(pod).get({ namespace: 'default', name: 'web' });
  const cpu = async () => (await find()).spec.containers[0]?.resources?.requests?.cpu;
  await cloud.until('it is resized', async () => (await cpu()) !== '3', 8 * 3_600_000);
  const { metadata, spec } = await find();
  assert.match(String(spec.containers[0]?.resources?.requests?.cpu), /^1[12]\dm$/);
  assert.match(
    metadata.annotations?.['godwit.dev/decision'] ?? '',
    /"do":"resize","to":\{"cpu":\d+,"memory":\d+\}.*"policy":"default".*"why":\{"is":"measured"\}/,
  );
  await cloud.pass(3_600_000);
  assert.equal((await find()).metadata.generation, metadata.generation);
});

test('a policy that empties hosts says of each host with machines why it is not emptied', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('x', 'a', 100);
  await addPod('y', 'b', 100);
  const stays = { type: 'merge', body: { metadata: { annotations: { 'godwit.dev/stays': 'true' } } } } as const;
  for (const name of ['x', 'y']) await client.resource(pod).patch({ namespace: 'default', name }, stays);
  await addPolicy({ placement: { strategy: 'energy' } });
  run();
  const { status } = await planned();
  const why = 'pod/default/x stays, as its annotation godwit.dev/stays says so';
  assert.equal(status?.plan?.why, `no host can be emptied, such as a: ${why}`);
  assert.deepEqual(status?.plan?.kept?.[0], { host: 'a', why });
});

test('hosts that a newer policy takes by label are its own at once, and who governs none says only that', async () => {
  await addHost('a', { rack: 'r1' });
  await addHost('b');
  await addPolicy({});
  run();
  assert.equal((await planned()).status?.hosts, 2);
  const hostSelector = { matchLabels: { rack: 'r1' } };
  await addPolicy({ hostSelector }, 'own');
  assert.equal((await planned('own')).status?.hosts, 1);
  await cloud.until('the other one has heard', async () => (await find()).status?.hosts === 1);
  assert.match(conditionOf(await find(), 'InForce')?.message ?? '', /^some of its hosts are those of .*: own$/);
  await addPolicy({ hostSelector, reserve: { hosts: 9 } }, 'too-late');
  const { status } = await planned('too-late');
  assert.equal(status?.plan?.why, 'it governs no host');
  assert.deepEqual(
    status?.conditions?.map(({ type, message }) => [type, message]),
    [['InForce', 'all of its hosts are those of policies that go before it: own']],
  );
});

test('a reserve that does not hold says what would be without a host, and after which failure', async () => {
  for (const name of ['a', 'b']) await addHost(name);
  await addPod('x', 'a', 3000, { cpu: '3' });
  await addPod('y', 'b', 3000, { cpu: '3' });
  await addPolicy({ reserve: { hosts: 1 } }, 'one');
  run();
  const message = async (name: string) => conditionOf(await planned(name), 'ReserveHolds')?.message;
  assert.equal(await message('one'), 'if a failed now, machines would be left without a host, such as pod/default/x');
  await client.resource(balancePolicy).delete({ name: 'one' });
  await addPolicy({ reserve: { hosts: 9 } }, 'nine');
  assert.equal(await message('nine'), 'so many hosts may fail that none would be left');
});
