import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigMap, configMap, lease } from '@godwit/kinds';
import { done } from '../reconciler.ts';
import { SimulatedCloud, type Wire } from '../test-support/simulated-cloud.ts';
import { Controllers } from './controllers.ts';
import { LeaderElection } from './leader-election.ts';
import { namespacedName, wake } from './wake.ts';

interface Server {
  readonly wire: Wire;
  readonly controllers: Controllers;
  readonly stop: () => Promise<void>;
  acted: number;
}

/** A server whose one reconciler writes its server's name into every ConfigMap that has none. */
function serve(cloud: SimulatedCloud, identity: string): Server {
  const { client, wire } = cloud.client();
  const maps = client.resource(configMap);
  const cache = client.cache(configMap);
  const reconcile = async (name: string) => {
    const found = cache.get(namespacedName(name));
    if (!found || found.data?.by !== undefined) return done;
    server.acted++;
    await maps.update({ ...found, data: { ...found.data, by: identity } });
    return done;
  };
  const where = { namespace: 'kube-system', name: 'controllers' };
  const election = new LeaderElection({ leases: client.resource(lease), lease: where, identity }, cloud.world);
  const controllers = new Controllers([{ name: 'signer', wakes: [wake(cache)], reconcile }], cloud.world, election);
  const stopping = new AbortController();
  const running = controllers.run(stopping.signal);
  const stop = async () => {
    stopping.abort();
    await running;
  };
  const server: Server = { wire, controllers, stop, acted: 0 };
  return server;
}

test('of two servers only the one that leads acts, and the other one goes on where it ended', async () => {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const maps = client.resource(configMap);
  const make = (name: string) => maps.create({ metadata: { namespace: 'default', name } });
  const isSigned = (name: string) => async () => {
    const found: ConfigMap = await maps.get({ namespace: 'default', name });
    return found.data?.by !== undefined;
  };
  const servers = ['one', 'two'].map((identity) => serve(cloud, identity));
  await make('first');
  await cloud.until('the first is signed', isSigned('first'));
  const leader = servers.find(({ acted }) => acted > 0);
  const other = servers.find((server) => server !== leader);
  assert.ok(leader && other);
  assert.equal(other.acted, 0);
  leader.wire.cut();
  await make('second');
  await cloud.until('the second is signed', isSigned('second'));
  assert.ok(other.acted > 0);
  const acted = leader.acted;
  leader.wire.mend();
  await make('third');
  await cloud.until('the third is signed', isSigned('third'));
  assert.equal(leader.acted, acted);
  assert.deepEqual(
    leader.controllers.reports().map(({ state }) => state),
    ['idle'],
  );
  assert.deepEqual(
    other.controllers.reports().map(({ state }) => state),
    ['running'],
  );
  await Promise.all(servers.map((server) => server.stop()));
  await cloud.close();
});

test('two reconcilers of one name are refused', async () => {
  const cloud = await SimulatedCloud.start();
  const twin = { name: 'twin', wakes: [], reconcile: async () => done };
  assert.throws(() => new Controllers([twin, { ...twin }], cloud.world), RangeError);
  await cloud.close();
});
