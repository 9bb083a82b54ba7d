import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import { balancePolicy, node, pod } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { Scheduler } from './index.ts';

let cloud: SimulatedCloud;
let client: ApiClient;

beforeEach(async () => {
  cloud = await SimulatedCloud.start();
  ({ client } = cloud.client());
  cloud.run(new Scheduler(client));
  for (const name of ['host-1', 'host-2']) await cloud.addHost(name, { memory: '8Gi' });
});

afterEach(() => cloud.close());

async function placed(name: string, cpu = '1'): Promise<string | undefined> {
  await client.resource(pod).create({
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }] },
  });
  const host = async () => (await client.resource(pod).get({ namespace: 'default', name })).spec.nodeName;
  await cloud.until(`${name} is bound`, async () => (await host()) !== undefined);
  return host();
}

test('machines are placed as the BalancePolicy says, from the moment that it does', async () => {
  const spread = [await placed('a'), await placed('b')];
  assert.equal(new Set(spread).size, 2);
  await client.resource(balancePolicy).create({ metadata: { name: 'all' }, spec: { placement: { strategy: 'pack' } } });
  const packed = [await placed('c'), await placed('d'), await placed('e')];
  assert.equal(new Set(packed).size, 1);
});

test('one that waits gets its host when a policy gives out more', async () => {
  await placed('a', '3');
  await placed('b', '3');
  const waiting = placed('c', '3');
  await client.resource(balancePolicy).create({
    metadata: { name: 'all' },
    spec: { placement: { overcommit: { cpu: 2 } } },
  });
  assert.ok(await waiting);
});

test('a host that has the image by now is a little better', async () => {
  await placed('a');
  await placed('b');
  for (const name of ['host-2', 'host-1']) {
    const images = [{ names: ['localhost/i:latest'] }];
    const nodes = client.resource(node);
    await nodes.modify({ name }, (draft) => Object.assign(draft.status ?? {}, { images }) !== undefined, {
      subresource: 'status',
    });
    assert.equal(await placed(`on-${name}`), name);
    await nodes.modify({ name }, (draft) => Object.assign(draft.status ?? {}, { images: [] }) !== undefined, {
      subresource: 'status',
    });
    await client.resource(pod).delete({ namespace: 'default', name: `on-${name}` });
  }
});
