import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  type ConfigMap,
  configMap,
  type DeleteOptions,
  node as nodeKind,
  type OwnerReference,
  type Secret,
  type Stored,
  secret,
} from '@godwit/kinds';
import { Controllers } from '../framework/index.ts';
import { SimulatedCloud, type Wire } from '../test-support/simulated-cloud.ts';
import { GarbageCollector } from './garbage-collector.ts';

interface Bench {
  readonly cloud: SimulatedCloud;
  readonly client: ApiClient;
  readonly controllers: Controllers;
  readonly wire: Wire;
}

async function withCollector(run: (bench: Bench) => Promise<void>): Promise<void> {
  const cloud = await SimulatedCloud.start();
  const { client, wire } = cloud.client();
  const controllers = new Controllers([new GarbageCollector(client)], cloud.world);
  const stop = new AbortController();
  const running = controllers.run(stop.signal);
  try {
    await run({ cloud, client: cloud.client().client, controllers, wire });
    for (const { counts, lastError } of controllers.reports())
      assert.ok(counts.failed < 10, `${counts.failed} failures, the last: ${lastError?.message}`);
  } finally {
    stop.abort();
    await running;
    await cloud.close();
  }
}

const namespace = 'default';

function owned(owner: Stored<ConfigMap>, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: owner.metadata.name, uid: owner.metadata.uid, ...more };
}

/** A ConfigMap that belongs to others. */
function make(
  { client }: Bench,
  name: string,
  ownerReferences: readonly OwnerReference[] = [],
  finalizers: string[] = [],
) {
  return client.resource(configMap).create({ metadata: { namespace, name, ownerReferences, finalizers } });
}

const find = ({ client }: Bench, name: string) => client.resource(configMap).find({ namespace, name });
const isGone = (bench: Bench, name: string) => async () => (await find(bench, name)) === undefined;

function remove({ client }: Bench, name: string, propagationPolicy?: DeleteOptions['propagationPolicy']) {
  return client.resource(configMap).delete({ namespace, name }, propagationPolicy ? { propagationPolicy } : {});
}

test('background: the owner goes at once, what belongs to it after it, all the way down', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    const child = await make(bench, 'child', [owned(owner)]);
    await make(bench, 'grandchild', [owned(child)]);
    await make(bench, 'stranger');
    await remove(bench, 'owner', 'Background');
    assert.equal(await find(bench, 'owner'), undefined);
    await bench.cloud.until('the grandchild is gone', isGone(bench, 'grandchild'));
    assert.equal(await find(bench, 'child'), undefined);
    assert.ok(await find(bench, 'stranger'));
  }));

test('foreground: the owner stays until what blocks it is gone, and the rest goes too', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    const child = await make(bench, 'child', [owned(owner, { blockOwnerDeletion: true })]);
    await make(bench, 'grandchild', [owned(child, { blockOwnerDeletion: true })], ['example.com/held']);
    await make(bench, 'free', [owned(owner)]);
    await remove(bench, 'owner', 'Foreground');
    await bench.cloud.until('the free one is gone', isGone(bench, 'free'));
    await bench.cloud.pass(60_000);
    for (const name of ['owner', 'child', 'grandchild']) assert.ok(await find(bench, name), name);
    await bench.client.resource(configMap).modify({ namespace, name: 'grandchild' }, (draft) => {
      draft.metadata.finalizers = [];
    });
    await bench.cloud.until('the owner is gone', isGone(bench, 'owner'));
    for (const name of ['child', 'grandchild']) assert.equal(await find(bench, name), undefined, name);
  }));

test('foreground: an owner that nothing belongs to goes', () =>
  withCollector(async (bench) => {
    await make(bench, 'owner');
    await remove(bench, 'owner', 'Foreground');
    await bench.cloud.until('it is gone', isGone(bench, 'owner'));
  }));

test('foreground: a circle goes', () =>
  withCollector(async (bench) => {
    const a = await make(bench, 'a');
    const b = await make(bench, 'b', [owned(a, { blockOwnerDeletion: true })]);
    await bench.client.resource(configMap).modify({ namespace, name: 'a' }, (draft) => {
      draft.metadata.ownerReferences = [owned(b, { blockOwnerDeletion: true })];
    });
    await remove(bench, 'a', 'Foreground');
    await bench.cloud.until('a is gone', isGone(bench, 'a'));
    await bench.cloud.until('b is gone', isGone(bench, 'b'));
  }));

test('orphan: the owner goes, and what belonged to it stays and belongs to nobody', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    const other = await make(bench, 'other');
    await make(bench, 'child', [owned(owner), owned(other)]);
    await make(bench, 'only', [owned(owner)]);
    await remove(bench, 'owner', 'Orphan');
    await bench.cloud.until('the owner is gone', isGone(bench, 'owner'));
    await bench.cloud.pass(30_000);
    const [child, only] = [await find(bench, 'child'), await find(bench, 'only')];
    assert.deepEqual(
      child?.metadata.ownerReferences?.map(({ name }) => name),
      ['other'],
    );
    assert.deepEqual(only?.metadata.ownerReferences ?? [], []);
  }));

test('with one owner left an object stays, and forgets the other', () =>
  withCollector(async (bench) => {
    const [one, other] = [await make(bench, 'one'), await make(bench, 'other')];
    await make(bench, 'child', [owned(one), owned(other)]);
    await remove(bench, 'one');
    await bench.cloud.until('the reference is gone', async () => {
      return (await find(bench, 'child'))?.metadata.ownerReferences?.length === 1;
    });
    await remove(bench, 'other');
    await bench.cloud.until('the child is gone', isGone(bench, 'child'));
  }));

test('an owner is its uid: another object of the same name is none', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    await make(bench, 'child', [owned(owner, { uid: '11111111-2222-4333-8444-555555555555' })]);
    await bench.cloud.until('the child is gone', isGone(bench, 'child'));
    assert.ok(await find(bench, 'owner'));
  }));

test('an owner of a kind that nobody serves is no reason to delete', () =>
  withCollector(async (bench) => {
    const reference = { apiVersion: 'example.com/v1', kind: 'Mystery', name: 'x', uid: 'y' };
    await make(bench, 'child', [reference]);
    await bench.cloud.pass(60_000);
    assert.ok(await find(bench, 'child'));
  }));

test('an owner at cluster scope owns across namespaces', () =>
  withCollector(async (bench) => {
    const nodes = bench.client.resource(nodeKind);
    const host = await nodes.create({ metadata: { name: 'host' } });
    const reference = { apiVersion: 'v1', kind: 'Node', name: 'host', uid: host.metadata.uid };
    await make(bench, 'child', [reference]);
    await bench.cloud.pass(10_000);
    assert.ok(await find(bench, 'child'));
    await nodes.delete({ name: 'host' });
    await bench.cloud.until('the child is gone', isGone(bench, 'child'));
  }));

test('what belongs to something of another kind goes with it', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    const secrets = bench.client.resource<Secret>(secret);
    await secrets.create({ metadata: { namespace, name: 'child', ownerReferences: [owned(owner)] } });
    await remove(bench, 'owner');
    await bench.cloud.until('the secret is gone', async () => !(await secrets.find({ namespace, name: 'child' })));
  }));

test('what was deleted while nobody looked is collected afterwards', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    await make(bench, 'child', [owned(owner)]);
    await bench.cloud.pass(1_000);
    bench.wire.cut();
    await remove(bench, 'owner');
    await bench.cloud.pass(20_000);
    assert.ok(await find(bench, 'child'));
    bench.wire.mend();
    await bench.cloud.until('the child is gone', isGone(bench, 'child'));
  }));

test('a thousand dependents go with their owner', () =>
  withCollector(async (bench) => {
    const owner = await make(bench, 'owner');
    const names = Array.from({ length: 1000 }, (_, i) => `child-${i}`);
    await Promise.all(names.map((name) => make(bench, name, [owned(owner, { blockOwnerDeletion: true })])));
    await remove(bench, 'owner', 'Foreground');
    await bench.cloud.until('the owner is gone', isGone(bench, 'owner'));
    const left = await bench.client.resource(configMap).list({ namespace });
    assert.deepEqual(
      left.items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('child')),
      [],
    );
  }));
