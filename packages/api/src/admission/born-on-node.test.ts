import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Pod } from '@godwit/kinds';
import { judgeBy } from '../operations/testing/judge-by.ts';
import { openDoor, pod, pods } from '../operations/testing/open-door.ts';

const nodes = { group: '', version: 'v1', plural: 'nodes' };
const addresses = { group: 'networking.k8s.io', version: 'v1', plural: 'ipaddresses' };
const network = {
  metadata: { name: 'default' },
  spec: {
    subnet: '10.64.0.0/17',
    gateway: '10.64.0.1',
    serviceSubnet: '10.64.128.0/18',
    loadBalancerRange: '10.64.192.0/24',
    dnsDomain: 'cluster.local',
  },
} as unknown as KubeObject;

/** A node that has room for two. */
async function cloud() {
  const { door } = await openDoor({
    allocations: judgeBy(({ others }) => (others.length < 2 ? [] : ['it is full'])),
  });
  await door.create({ group: 'godwit.dev', version: 'v1alpha1', plural: 'networks' }, network);
  await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'host' } });
  const create = async (name: string, nodeName = 'host', more: object = {}) =>
    (await door.create(pods, pod(name, {}, { nodeName, ...more }))) as Pod;
  const held = async () => (await door.list(addresses)).items.map(({ metadata }) => metadata.name);
  return { door, create, held };
}

test('a pod that names its node has an address and its room there from the start, and gives them back', async () => {
  const { door, create, held } = await cloud();
  const { metadata, status } = await create('one');
  const [address] = JSON.parse(metadata.annotations?.['network.godwit.dev/addresses'] ?? '[]');
  assert.deepEqual(await held(), [address.ip]);
  assert.deepEqual(
    status?.conditions?.map(({ type, status: is }) => [type, is]),
    [['PodScheduled', 'True']],
  );
  await create('two', 'host', { hostNetwork: true });
  assert.deepEqual(await held(), [address.ip], 'it uses that of its host');
  const full = { code: 'Conflict', message: /it does not fit on node "host": it is full/ };
  await assert.rejects(create('three'), full);
  assert.deepEqual(await held(), [address.ip]);
  await door.delete({ ...pods, name: 'one' }, { gracePeriodSeconds: 0 });
  assert.deepEqual(await held(), []);
  await create('three');
});

test('of many that name one node at once, as many are made as have room', async () => {
  const { create, held } = await cloud();
  const ends = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => create(name)));
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 2);
  assert.equal((await held()).length, 2);
});

test('a node that is not there is told', async () => {
  const { create, held } = await cloud();
  await assert.rejects(create('lost', 'nowhere'), { code: 'NotFound', message: /nodes "nowhere" not found/ });
  assert.deepEqual(await held(), []);
});
