import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { balancePolicy, pod } from '@godwit/kinds';
import { ApiMover } from '../balance/index.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { Scheduler } from './index.ts';

const why = { is: 'overload' } as const;
const record = { v: 1, do: 'move', at: 1, by: 'test', policy: 'p', to: 'b', why } as const;

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(new Scheduler(client));
  await client
    .resource(balancePolicy)
    .create({ metadata: { name: 'pack' }, spec: { placement: { strategy: 'pack' }, balance: { mode: 'off' } } });
  await cloud.addHost('a');
});

afterEach(() => cloud.close());

const find = (name: string) => client.resource(pod).get({ namespace: 'default', name });

/** A pod of a set, once it has a host. */
async function add(name: string, set: string, cpu = '100m') {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set, uid: `uid-${set}`, controller: true };
  const containers = [{ name: 'c', image: 'i', resources: { requests: { cpu } } }];
  await client
    .resource(pod)
    .create({ metadata: { name, namespace: 'default', ownerReferences: [owner] }, spec: { containers } });
  await cloud.until(`${name} has a host`, async () => (await find(name)).spec.nodeName !== undefined);
  return find(name);
}

test('who takes the place of a pod that was moved goes where that was meant to go, and nobody else does', async () => {
  await add('large', 'other', '2');
  const old = await add('old', 'web');
  await cloud.addHost('b');
  await new ApiMover(client).move(old, 'b', record);
  assert.equal((await add('stranger', 'other')).spec.nodeName, 'a');
  assert.equal((await add('heir', 'web')).spec.nodeName, 'b');
  assert.equal((await add('late', 'web')).spec.nodeName, 'a');
});

test('where there is no room for it, or nobody comes for long, the scheduler finds the best host', async () => {
  await add('large', 'other', '2');
  const old = await add('old', 'web');
  await cloud.addHost('b', { cpu: '50m' });
  const mover = new ApiMover(client);
  await mover.move(old, 'b', record);
  const heir = await add('heir', 'web');
  assert.equal(heir.spec.nodeName, 'a');
  await cloud.addHost('c');
  await mover.move(heir, 'c', { ...record, to: 'c' });
  await cloud.pass(61_000);
  assert.equal((await add('last', 'web')).spec.nodeName, 'a');
});
