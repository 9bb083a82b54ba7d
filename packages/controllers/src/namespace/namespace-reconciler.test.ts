import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { configMap, isReason, namespace as namespaceKind, secret, service } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { NamespaceReconciler } from './namespace-reconciler.ts';

async function withReconciler(run: (cloud: SimulatedCloud, client: ApiClient) => Promise<void>): Promise<void> {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  cloud.run(new NamespaceReconciler(client));
  try {
    await client.resource(namespaceKind).create({ metadata: { name: 'shop' } });
    await run(cloud, client);
  } finally {
    await cloud.close();
  }
}

const shop = { name: 'shop' };
const find = (client: ApiClient) => client.resource(namespaceKind).find(shop);

test('an empty namespace goes', () =>
  withReconciler(async (cloud, client) => {
    await cloud.pass(10_000);
    assert.equal((await find(client))?.status?.phase, 'Active');
    await client.resource(namespaceKind).delete(shop);
    await cloud.until('it is gone', async () => !(await find(client)));
  }));

test('everything in it goes first, and nothing outside', () =>
  withReconciler(async (cloud, client) => {
    for (const namespace of ['shop', 'default']) {
      await client.resource(configMap).create({ metadata: { namespace, name: 'settings' } });
      await client.resource(secret).create({ metadata: { namespace, name: 'password' } });
    }
    await client.resource(service).create({
      metadata: { namespace: 'shop', name: 'web' },
      spec: { clusterIP: 'None', ports: [{ port: 80 }] },
    });
    await client.resource(namespaceKind).delete(shop);
    await cloud.until('it is gone', async () => !(await find(client)));
    for (const kind of [configMap, secret, service])
      assert.deepEqual((await client.resource<never>(kind as never).list({ namespace: 'shop' })).items, []);
    assert.ok(await client.resource(configMap).find({ namespace: 'default', name: 'settings' }));
  }));

test('what is held is waited for, and the namespace says so', () =>
  withReconciler(async (cloud, client) => {
    const held = { namespace: 'shop', name: 'held' };
    await client.resource(configMap).create({ metadata: { ...held, finalizers: ['example.com/backup'] } });
    await client.resource(namespaceKind).delete(shop);
    const conditions = async () => {
      const all = (await find(client))?.status?.conditions ?? [];
      return new Map(all.map(({ type, status, reason, message }) => [type, { status, reason, message }]));
    };
    await cloud.until(
      'it tells',
      async () => (await conditions()).get('NamespaceFinalizersRemaining')?.status === 'True',
    );
    const told = await conditions();
    assert.equal(told.get('NamespaceContentRemaining')?.reason, 'SomeResourcesRemain');
    assert.match(told.get('NamespaceContentRemaining')?.message ?? '', /configmaps \(1\)/);
    assert.match(told.get('NamespaceFinalizersRemaining')?.message ?? '', /example\.com\/backup \(1\)/);
    await assert.rejects(
      client.resource(configMap).create({ metadata: { namespace: 'shop', name: 'late' } }),
      (error) => isReason(error, 'Forbidden'),
    );
    await cloud.pass(60_000);
    assert.equal((await find(client))?.status?.phase, 'Terminating');
    await client.resource(configMap).modify(held, (draft) => {
      draft.metadata.finalizers = [];
    });
    await cloud.until('it is gone', async () => !(await find(client)), 30_000);
  }));
