import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { pod, podDisruptionBudget, priorityClass } from '@godwit/kinds';
import { parseRecords } from '@godwit/planner';
import { SimulatedCloud } from '../../test-support/simulated-cloud.ts';
import { Scheduler } from '../index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(new Scheduler(client));
  for (const [name, value] of [
    ['low', 1],
    ['high', 1000],
  ] as const) {
    await client.resource(priorityClass).create({ metadata: { name }, value });
  }
  await client.resource(priorityClass).create({ metadata: { name: 'polite' }, value: 900, preemptionPolicy: 'Never' });
  await cloud.addHost('host-1');
});

afterEach(() => cloud.close());

function podOf(name: string, priorityClassName: string, memory: string, labels = {}) {
  return client.resource(pod).create({
    metadata: { name, namespace: 'default', labels },
    spec: { priorityClassName, containers: [{ name: 'c', image: 'i', resources: { requests: { memory } } }] },
  });
}

const find = (name: string) => client.resource(pod).find({ namespace: 'default', name });
const isBound = async (name: string) => (await find(name))?.spec.nodeName !== undefined;
const isTold = async (name: string) => (await find(name))?.metadata.deletionTimestamp !== undefined;
/** What the host does when a pod was told to go. */
const end = (name: string) => client.resource(pod).delete({ namespace: 'default', name }, { gracePeriodSeconds: 0 });

async function bound(name: string, priority: string, memory: string, labels = {}): Promise<void> {
  await podOf(name, priority, memory, labels);
  await cloud.until(`${name} is bound`, () => isBound(name));
}

test('less important machines go for a more important one, with their grace period, and nobody takes the room', async () => {
  await bound('small', 'low', '1Gi');
  await bound('large', 'low', '3Gi');
  await podOf('important', 'high', '2Gi');
  await cloud.until('one is told to go', () => isTold('large'));
  assert.equal(await isTold('small'), false);
  const waiting = await find('important');
  assert.equal(waiting?.status?.nominatedNodeName, 'host-1');
  assert.match(
    waiting?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? '',
    /Room is being made on host-1: less important machines go \(default\/large\)/,
  );
  const [record] = parseRecords((await find('large'))?.metadata.annotations?.['godwit.dev/decision']);
  assert.ok(record && 'do' in record && record.do === 'preempt' && record.to === 'default/important');
  await podOf('sly', 'low', '3Gi');
  await cloud.pass(5_000);
  await end('large');
  await cloud.until('the important one is bound', () => isBound('important'));
  assert.equal(await isBound('sly'), false);
  const [placed] = parseRecords((await find('important'))?.metadata.annotations?.['godwit.dev/decision']);
  assert.ok(placed && 'host' in placed);
  assert.deepEqual(placed.out, ['default/large']);
});

test('a budget that allows nobody to go is kept', async () => {
  await client.resource(podDisruptionBudget).create({
    metadata: { name: 'all', namespace: 'default' },
    spec: { minAvailable: '100%', selector: { matchLabels: { app: 'web' } } },
  });
  await bound('web', 'low', '3Gi', { app: 'web' });
  await podOf('important', 'high', '2Gi');
  const refusal = async () =>
    (await find('important'))?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  await cloud.until('it is refused', async () => (await refusal())?.status === 'False');
  await cloud.pass(120_000);
  assert.equal(await isTold('web'), false);
  assert.equal((await find('important'))?.status?.nominatedNodeName, undefined);
  assert.match(
    (await refusal())?.message ?? '',
    /Less important machines on host-1 could make room \(default\/web\), but disruption budgets keep them\./,
  );
});

test('what one victim leaves is kept when a budget holds the other back', async () => {
  const budgets = client.resource(podDisruptionBudget);
  const selector = { matchLabels: { app: 'web' } };
  await budgets.create({ metadata: { name: 'one', namespace: 'default' }, spec: { minAvailable: 1, selector } });
  // What it says is older than what is true.
  const patch = { type: 'merge', body: { status: { disruptionsAllowed: 2 } } } as const;
  await budgets.patch({ namespace: 'default', name: 'one' }, patch, { subresource: 'status' });
  for (const name of ['a', 'b']) {
    await bound(name, 'low', '2Gi', { app: 'web' });
    const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    await client
      .resource(pod)
      .patch({ namespace: 'default', name }, { type: 'merge', body }, { subresource: 'status' });
  }
  await podOf('important', 'high', '3Gi');
  await cloud.until('one of them is told to go', async () => (await isTold('a')) || (await isTold('b')));
  const [gone, other] = (await isTold('a')) ? ['a', 'b'] : ['b', 'a'];
  await podOf('sly', 'low', '2Gi');
  await cloud.pass(5_000);
  assert.equal(await isTold(other), false);
  await budgets.delete({ namespace: 'default', name: 'one' });
  await end(gone);
  await cloud.until('the other one is told to go', () => isTold(other));
  await end(other);
  await cloud.until('the important one is bound', () => isBound('important'));
  assert.equal(await isBound('sly'), false);
});

test('who is held back by a budget has no decision that he had to go', async () => {
  const budgets = client.resource(podDisruptionBudget);
  const selector = { matchLabels: { app: 'web' } };
  await budgets.create({ metadata: { name: 'one', namespace: 'default' }, spec: { minAvailable: 1, selector } });
  for (const name of ['a', 'b']) {
    await bound(name, 'low', '2Gi', { app: 'web' });
    const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    await client
      .resource(pod)
      .patch({ namespace: 'default', name }, { type: 'merge', body }, { subresource: 'status' });
  }
  await Promise.all([podOf('first', 'high', '2Gi'), podOf('second', 'high', '2Gi')]);
  await cloud.until('both are refused', async () =>
    (await Promise.all(['first', 'second'].map(find))).every(
      (each) => each?.status?.conditions?.[0]?.status === 'False',
    ),
  );
  const allowed = { type: 'merge', body: { status: { disruptionsAllowed: 1 } } } as const;
  await budgets.patch({ namespace: 'default', name: 'one' }, allowed, { subresource: 'status' });
  await cloud.until('one is told to go', async () => (await isTold('a')) || (await isTold('b')));
  await cloud.pass(5_000);
  const other = (await isTold('a')) ? 'b' : 'a';
  assert.equal(await isTold(other), false);
  const records = parseRecords((await find(other))?.metadata.annotations?.['godwit.dev/decision']);
  assert.ok(records.length > 0 && !records.some((record) => 'do' in record));
  const nominated = await Promise.all(
    ['first', 'second'].map(async (name) => (await find(name))?.status?.nominatedNodeName),
  );
  assert.equal(nominated.filter((name) => name !== undefined).length, 1);
});

test('who is no more important, or must not push, waits', async () => {
  await bound('low', 'low', '3Gi');
  await podOf('polite', 'polite', '2Gi');
  await podOf('equal', 'low', '2Gi');
  await cloud.pass(120_000);
  assert.equal(await isTold('low'), false);
  assert.equal(await isBound('polite'), false);
});

test('two that push at once do not count on the same room', async () => {
  await bound('a', 'low', '2Gi');
  await bound('b', 'low', '2Gi');
  await Promise.all([podOf('first', 'high', '2Gi'), podOf('second', 'high', '2Gi')]);
  await cloud.until('both are told to go', async () => (await isTold('a')) && (await isTold('b')));
  await end('a');
  await end('b');
  await cloud.until('both are bound', async () => (await isBound('first')) && (await isBound('second')));
});

test('one that goes away gives up the room that was held for it', async () => {
  await bound('large', 'low', '3Gi');
  await podOf('important', 'high', '2Gi');
  await cloud.until('it is told to go', () => isTold('large'));
  await end('important');
  await end('large');
  await bound('next', 'low', '4Gi');
});
