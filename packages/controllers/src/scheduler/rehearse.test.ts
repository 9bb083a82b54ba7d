import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { pod, podDisruptionBudget, priorityClass } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { type Machine, rehearsePlacement } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  await client.resource(priorityClass).create({ metadata: { name: 'high' }, value: 1000 });
  await cloud.addHost('small', { memory: '2Gi' });
  await cloud.addHost('large', { memory: '4Gi' });
  const { metadata } = await client.resource(pod).create(podOf('there', '3Gi'));
  await client.door.create(
    { group: '', version: 'v1', plural: 'pods', namespace: 'default', name: 'there', subresource: 'binding' },
    { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata.name }, target: { kind: 'Node', name: 'large' } },
  );
});

afterEach(() => cloud.close());

const podOf = (name: string, memory: string, spec = {}) => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { memory } } }], ...spec },
});

/** As the API would make it, and not made. */
async function wanted(name: string, memory: string, spec = {}): Promise<Machine> {
  return client.resource(pod).create(podOf(name, memory, spec), { dryRun: true });
}

test('machines are rehearsed together, on what is there, and nothing is written', async () => {
  const before = cloud.store.revision;
  const machines = [await wanted('a', '1Gi'), await wanted('b', '1Gi'), await wanted('c', '2Gi')];
  const results = await rehearsePlacement(client, machines);
  assert.deepEqual(
    results.map(({ machine, host }) => [machine.metadata.name, host === undefined]),
    [
      ['a', false],
      ['b', false],
      ['c', true],
    ],
  );
  assert.match(results[0]?.explanation ?? '', /was chosen from 2 hosts/);
  assert.match(results[2]?.explanation ?? '', /^0\/2 nodes are available/);
  assert.equal(cloud.store.revision, before);
});

test('it says who would have to go', async () => {
  const [result] = await rehearsePlacement(client, [await wanted('a', '3Gi', { priorityClassName: 'high' })]);
  assert.deepEqual(result?.preemption, { host: 'large', victims: ['default/there'] });
  assert.match(result?.explanation ?? '', /Room would be made on large: less important machines would go/);
});

test('or that a budget keeps them', async () => {
  const selector = { matchExpressions: [{ key: 'nobody', operator: 'DoesNotExist' as const }] };
  const spec = { minAvailable: 1, selector };
  await client.resource(podDisruptionBudget).create({ metadata: { name: 'all', namespace: 'default' }, spec });
  const [result] = await rehearsePlacement(client, [await wanted('a', '3Gi', { priorityClassName: 'high' })]);
  assert.equal(result?.preemption, undefined);
  assert.match(result?.explanation ?? '', /on large could make room \(default\/there\), but disruption budgets/);
});

test('members of a group that wait already count', async () => {
  const member = (name: string) => ({
    ...podOf(name, '100Mi'),
    metadata: {
      name,
      namespace: 'default',
      labels: { 'kueue.x-k8s.io/pod-group-name': 'training' },
      annotations: { 'kueue.x-k8s.io/pod-group-total-count': '2' },
    },
  });
  const last = await client.resource(pod).create(member('last'), { dryRun: true });
  const [alone] = await rehearsePlacement(client, [last]);
  assert.match(alone?.explanation ?? '', /waits for 1 more of its 2 members/);
  await client.resource(pod).create(member('first'));
  const results = await rehearsePlacement(client, [last]);
  assert.deepEqual(
    results.map(({ machine, host }) => [machine.metadata.name, host !== undefined]),
    [['last', true]],
  );
});

test('and what volumes are lacking', async () => {
  const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'nobody' } }];
  const [result] = await rehearsePlacement(client, [await wanted('a', '1Gi', { volumes })]);
  assert.equal(result?.host, undefined);
  assert.match(result?.explanation ?? '', /nobody/);
});
