import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { pod } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { gangFault, gangLabel, gangOf, gangSizeAnnotation } from './gangs.ts';
import { Scheduler } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(new Scheduler(client));
  for (const name of ['host-1', 'host-2']) await cloud.addHost(name, { memory: '2Gi' });
});

afterEach(() => cloud.close());

function member(name: string, size: string) {
  return client.resource(pod).create({
    metadata: {
      name,
      namespace: 'default',
      labels: { [gangLabel]: 'train' },
      annotations: { [gangSizeAnnotation]: size },
    },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { memory: '1Gi' } } }] },
  });
}

const pods = async () => (await client.resource(pod).list({ namespace: 'default' })).items;
const bound = async () => (await pods()).filter(({ spec }) => spec.nodeName).length;
const messageOf = async (name: string) =>
  (await client.resource(pod).get({ namespace: 'default', name })).status?.conditions?.find(
    ({ type }) => type === 'PodScheduled',
  )?.message;

test('a group waits until all of it is there', async () => {
  await member('a', '3');
  await member('b', '3');
  await cloud.until('it is told', async () => (await messageOf('b')) !== undefined);
  assert.equal(await messageOf('b'), 'group train waits for 1 more of its 3 members.');
  assert.equal(await bound(), 0);
  await member('c', '3');
  await cloud.until('all are bound', async () => (await bound()) === 3);
});

test('a group for which there is not room enough takes none of it', async () => {
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => member(name, '5')));
  await cloud.until('it is told', async () => (await messageOf('e')) !== undefined);
  await cloud.pass(90_000);
  assert.equal(await bound(), 0);
  assert.equal(
    await messageOf('a'),
    'group train needs hosts for 5 machines at once, and there are some for 4. For the next: 0/2 nodes are available: ' +
      '2 Insufficient memory (needs 1 GiB, has 0 B free). It would fit if you free 1 GiB more memory on any of 2 hosts ' +
      '(host-1, host-2).',
  );
  await client.resource(pod).create({
    metadata: { name: 'alone', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { memory: '1Gi' } } }] },
  });
  await cloud.until('another one gets room', async () => (await bound()) === 1);
  await cloud.addHost('host-3', { memory: '2Gi' });
  await cloud.until('all are bound', async () => (await bound()) === 6);
});

test('more than the group needs come one by one', async () => {
  await Promise.all(['a', 'b'].map((name) => member(name, '2')));
  await cloud.until('both are bound', async () => (await bound()) === 2);
  await member('late', '2');
  await cloud.until('the late one too', async () => (await bound()) === 3);
});

test('a size that is none is said', async () => {
  await member('a', 'three');
  await cloud.until('it is told', async () => (await messageOf('a')) !== undefined);
  assert.match(
    (await messageOf('a')) ?? '',
    /pod-group-total-count of each member of group train must be a whole number/,
  );
});

test('members that disagree wait for the most that is said', () => {
  const gang = (size: number | undefined) => ({ key: 'n/g', name: 'g', size });
  assert.deepEqual(gangFault([gang(2), gang(4)], 0), { is: 'group-incomplete', group: 'g', missing: 2, size: 4 });
  assert.equal(gangFault([gang(2), gang(4)], 2), undefined);
  const labels = { [gangLabel]: 'g' };
  const machine = (size: string) =>
    ({ kind: 'Pod', metadata: { namespace: 'n', labels, annotations: { [gangSizeAnnotation]: size } } }) as never;
  for (const wrong of ['', '0', '-1', '1.5', '1e3', '9999999']) assert.equal(gangOf(machine(wrong))?.size, undefined);
  assert.equal(gangOf(machine('12'))?.size, 12);
});
