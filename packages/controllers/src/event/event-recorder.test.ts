import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventRecorder } from '@godwit/client';
import { event, pod } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';

test('what happens a few times is told at once; again and again, it is counted, and written every half minute', async () => {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const spec = { containers: [{ name: 'main', image: 'web' }] };
  const web = await client.resource(pod).create({ metadata: { name: 'web', namespace: 'default' }, spec });
  const recorder = new EventRecorder(client, 'tester');
  const beganMs = cloud.clock.now();
  const fails = async (times: number) => {
    for (let time = 0; time < times; time++) {
      recorder.warning(web, 'Failed', 'it is not there');
      await cloud.pass(1_000);
    }
  };
  const told = async () => {
    const [only, ...more] = (await client.resource(event).list()).items;
    assert.ok(only && more.length === 0);
    return { count: only.count, afterMs: Date.parse(only.lastTimestamp ?? '') - beganMs };
  };

  for (let count = 1; count <= 5; count++) {
    await fails(1);
    assert.deepEqual(await told(), { count, afterMs: (count - 1) * 1_000 });
  }
  const { revision } = cloud.store;
  await fails(28);
  assert.equal(cloud.store.revision, revision, 'it is not written each time');
  await cloud.pass(5_000);
  assert.deepEqual(await told(), { count: 33, afterMs: 32_000 });
  await cloud.pass(60_000);
  await fails(1);
  assert.deepEqual(await told(), { count: 34, afterMs: 98_000 }, 'after a while it is told at once again');
  await cloud.close();
});
