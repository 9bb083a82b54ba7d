import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { type BalancePolicy, balancePolicy, configMap, type Stored } from '@godwit/kinds';
import { SimulatedCloud } from '../../test-support/simulated-cloud.ts';
import type { Usages } from '../meter.ts';
import { PolicyMemory } from '../policy-memory.ts';
import { Shelf } from './shelf.ts';

const MINUTE = 60_000;
const MACHINES = 3000;

let cloud: SimulatedCloud;
let client: ApiClient;
let policy: Stored<BalancePolicy>;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  policy = await client.resource(balancePolicy).create({ metadata: { name: 'default' }, spec: {} });
});

afterEach(() => cloud.close());

const usagesOf = (count: number): Usages =>
  new Map(Array.from({ length: count }, (_, index) => [`pod/default/web-${index}`, { cpu: index, memory: 2 ** 28 }]));
const momentAt = (minute: number) => ({ monotonicMs: minute * MINUTE, wallMs: 1e12 + minute * MINUTE });
const kept = async () => (await client.resource(configMap).list({ namespace: 'kube-system' })).items;
const shardsOf = async () =>
  (await kept()).map(({ metadata: { name } }) => /\d+-of-\d+$/.exec(name)?.[0]).filter((name) => name !== undefined);

async function open(): Promise<{ memory: PolicyMemory; shelf: Shelf }> {
  const memory = new PolicyMemory({});
  const shelf = new Shelf(client, policy.metadata.uid, memory);
  await shelf.recall(momentAt(0));
  return { memory, shelf };
}

/** Minutes pass; answers the most writes that there were in one. */
async function pass(
  known: { memory: PolicyMemory; shelf: Shelf },
  minutes: readonly [from: number, to: number],
  usages: Usages,
) {
  let most = 0;
  for (let minute = minutes[0]; minute < minutes[1]; minute++) {
    const before = new Map((await kept()).map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    known.memory.observe(usages, new Set(usages.keys()), momentAt(minute));
    await known.shelf.tend(policy, momentAt(minute));
    const after = await kept();
    most = Math.max(
      most,
      after.filter(({ metadata: { name, resourceVersion } }) => before.get(name) !== resourceVersion).length,
    );
  }
  return most;
}

test('thousands of machines are kept a part at a time, and nothing remains of those that are gone', async () => {
  const known = await open();
  assert.ok((await pass(known, [0, 42], usagesOf(MACHINES))) <= 2);
  assert.deepEqual((await shardsOf()).toSorted(), ['0-of-4', '1-of-4', '2-of-4', '3-of-4']);
  for (const { data } of await kept()) assert.ok(JSON.stringify(data).length < 2 ** 18);
  // Nor is all of it written at once when nothing ran for an hour.
  const late = await open();
  assert.ok((await pass(late, [100, 101], usagesOf(MACHINES))) <= 2);
  // Others are shared out anew, in the same program or in the next; what is no more in use goes when all are kept.
  const next = await open();
  assert.equal(next.memory.records.size, MACHINES);
  assert.deepEqual(next.memory.load.forecast('pod/default/web-0'), known.memory.load.forecast('pod/default/web-0'));
  await pass(next, [0, 20], usagesOf(100));
  assert.deepEqual(await shardsOf(), ['0-of-1']);
  await pass(next, [20, 40], new Map());
  assert.deepEqual(await shardsOf(), []);
});

test('a program that ends while machines are shared out anew leaves all that was known', async () => {
  const known = await open();
  await pass(known, [0, 12], usagesOf(1000));
  assert.deepEqual(await shardsOf(), ['0-of-1']);
  await pass(known, [12, 30], usagesOf(MACHINES));
  assert.equal((await shardsOf()).length, 3);
  const next = await open();
  for (const id of usagesOf(1000).keys()) assert.ok(next.memory.records.has(id), id);
});

test('what is in its old place stays there until everybody is in the new one', async () => {
  const known = await open();
  await pass(known, [0, 12], usagesOf(1000));
  const name = `balance-policy-${policy.metadata.uid}-1-of-4`;
  const refusing = await client
    .resource(configMap)
    .create({ metadata: { namespace: 'kube-system', name }, immutable: true });
  await pass(known, [12, 80], usagesOf(MACHINES));
  assert.ok((await shardsOf()).includes('0-of-1'));
  await client.resource(configMap).delete(refusing.metadata);
  await pass(known, [80, 160], usagesOf(MACHINES));
  assert.deepEqual((await shardsOf()).toSorted(), ['0-of-4', '1-of-4', '2-of-4', '3-of-4']);
});

test('programs that never live for long keep all of it in turn', async () => {
  for (let life = 0; life < 20; life++) {
    const memory = new PolicyMemory({});
    const shelf = new Shelf(client, policy.metadata.uid, memory);
    const bornMs = life * 9 * MINUTE;
    for (let minute = 0; minute < 9; minute++) {
      const moment = { monotonicMs: minute * MINUTE, wallMs: 1e12 + bornMs + minute * MINUTE };
      if (minute === 0) await shelf.recall(moment);
      memory.observe(usagesOf(MACHINES), new Set(usagesOf(MACHINES).keys()), moment);
      await shelf.tend(policy, moment);
    }
  }
  const ages = (await kept()).map(({ data }) => 1e12 + 180 * MINUTE - JSON.parse(data?.['about'] ?? '').atMs);
  assert.equal(ages.length, 5);
  assert.ok(Math.max(...ages) <= 60 * MINUTE, `${Math.max(...ages) / MINUTE} minutes`);
});

test('a shard that is too long for an object is split', async () => {
  const known = await open();
  const name = 'x'.repeat(1500);
  const usages = new Map([...usagesOf(400)].map(([id, usage]) => [`${id}-${name}`, usage]));
  await pass(known, [0, 32], usages);
  assert.deepEqual((await shardsOf()).toSorted(), ['0-of-2', '1-of-2']);
});

test('who was evicted within the hour, and which hosts are empty since when, is known again', async () => {
  const { memory, shelf } = await open();
  memory.moved('pod/default/web', 0, 'evicted');
  memory.moved('vmi/default/db', 0, 'carried');
  memory.observeEmpty(['a'], -MINUTE);
  await shelf.announce(policy, 3, momentAt(10));
  const next = new PolicyMemory({});
  await new Shelf(client, policy.metadata.uid, next).recall({ monotonicMs: 0, wallMs: momentAt(30).wallMs });
  assert.deepEqual(
    next.recentMovesMs.toSorted((a, b) => a - b),
    [-30, -20, -20, -20].map((minutes) => minutes * MINUTE),
  );
  assert.deepEqual([...next.emptySinceMs], [['a', -31 * MINUTE]]);
});
