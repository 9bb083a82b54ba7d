import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lease, type Node, node, outOfServiceTaint, pod, unreachableTaint } from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { leavesAtMs } from './evictions.ts';
import { judge } from './judge.ts';
import { NodeLifecycleController } from './node-lifecycle-controller.ts';

const now = '2026-01-01T00:00:00Z';
const nowMs = Date.parse(now);
const ready = { type: 'Ready', status: 'True', reason: 'AgentReady' } as const;

function nodeWith(taints: readonly string[], status: 'True' | 'Unknown' = 'True'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a' },
    spec: { taints: taints.map((key) => ({ key, effect: 'NoExecute' as const })) },
    status: { conditions: [{ ...ready, status }] },
  };
}

test('a node that is not heard of is unknown and takes nothing new', () => {
  const { taints, conditions } = judge(nodeWith(['mine']), false, now);
  assert.deepEqual(
    taints?.map(({ key, effect }) => `${key}:${effect}`),
    ['mine:NoExecute', `${unreachableTaint}:NoSchedule`, `${unreachableTaint}:NoExecute`],
  );
  assert.equal(conditions?.[0]?.status, 'Unknown');
});

test('a node that is heard of again keeps the taints of others only', () => {
  assert.deepEqual(
    judge(nodeWith(['mine', unreachableTaint]), true, now).taints?.map(({ key }) => key),
    ['mine'],
  );
  assert.deepEqual(judge(nodeWith(['mine']), true, now), {});
});

test('a node that sleeps is silent and not missed, and one that was woken takes machines once it is ready', () => {
  const sleeper = (value: string, status: 'True' | 'False'): Node => ({
    ...nodeWith([], 'True'),
    spec: { taints: [{ key: 'godwit.dev/asleep', value, effect: 'NoSchedule' }] },
    status: { conditions: [{ ...ready, status }] },
  });
  const { taints, conditions } = judge(sleeper('asleep', 'True'), false, now);
  assert.equal(taints, undefined);
  assert.deepEqual([conditions?.[0]?.status, conditions?.[0]?.reason], ['False', 'Asleep']);
  assert.deepEqual(judge(sleeper('asleep', 'False'), false, now), {});
  assert.deepEqual(judge(sleeper('asleep', 'True'), true, now), {});
  assert.deepEqual(judge(sleeper('waking', 'False'), true, now), {});
  assert.deepEqual(judge(sleeper('waking', 'True'), true, now), { taints: [] });
});

test('machines leave when the shortest of their tolerations runs out', () => {
  const taint = { key: unreachableTaint, effect: 'NoExecute', timeAdded: now } as const;
  assert.equal(leavesAtMs([taint], [], nowMs), nowMs + 300_000);
  assert.equal(leavesAtMs([taint], [{ operator: 'Exists' }], nowMs), undefined);
  const short = { key: unreachableTaint, operator: 'Exists', tolerationSeconds: 7 } as const;
  assert.equal(leavesAtMs([taint], [short, { operator: 'Exists' }], nowMs + 9_000), undefined);
  assert.equal(leavesAtMs([taint], [short], nowMs), nowMs + 7_000);
  assert.equal(leavesAtMs([{ key: outOfServiceTaint, effect: 'NoExecute' }], [short], nowMs), nowMs);
  assert.equal(leavesAtMs([{ ...taint, effect: 'NoSchedule' }], [], nowMs), undefined);
});

test('a silent node is marked, its pods are told to go in time, and removed when it is out of service', async () => {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const nodes = client.resource(node);
  for (const host of ['a', 'silent-always']) {
    const made = await nodes.create({ metadata: { name: host }, spec: {}, status: {} });
    await nodes.updateStatus({ ...made, status: { conditions: [ready] } });
  }
  const renew = (renewTime: string) => ({ type: 'merge', body: { spec: { renewTime } } }) as const;
  const name = { namespace: 'kube-node-lease', name: 'a' };
  await client.resource(lease).create({ metadata: name, spec: { leaseDurationSeconds: 40, renewTime: now } });
  await client.resource(pod).create({
    metadata: { namespace: 'default', name: 'p' },
    spec: { nodeName: 'a', containers: [{ name: 'main', image: 'web' }] },
  });
  cloud.run(new NodeLifecycleController(client));
  const says = async (host: string) => (await nodes.get({ name: host })).status?.conditions?.[0]?.status;
  await cloud.pass(35_000);
  await client.resource(lease).patch(name, renew('2026-01-01T00:00:35.000000Z'));
  await cloud.pass(35_000);
  assert.equal(await says('a'), 'True');
  await cloud.until('it is not heard of', async () => (await says('a')) === 'Unknown', 10_000);
  assert.equal(await says('silent-always'), 'True');
  const marked = () => client.resource(pod).find({ namespace: 'default', name: 'p' });
  assert.equal((await marked())?.metadata.deletionTimestamp, undefined);
  await cloud.until('the pod is told to go', async () => !!(await marked())?.metadata.deletionTimestamp, 310_000);
  const body = { spec: { taints: [{ key: outOfServiceTaint, effect: 'NoExecute' }] } };
  await nodes.patch({ name: 'a' }, { type: 'merge', body });
  await cloud.until('the pod is gone', async () => (await marked()) === undefined, 5_000);
  await cloud.close();
});

test('a host that is told to wake just after it fell asleep is awake when it is heard again, not by what it said before', async () => {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const nodes = client.resource(node);
  const made = await nodes.create({ metadata: { name: 'a' }, spec: {}, status: {} });
  await nodes.updateStatus({ ...made, status: { conditions: [ready] } });
  const name = { namespace: 'kube-node-lease', name: 'a' };
  await client.resource(lease).create({ metadata: name, spec: { leaseDurationSeconds: 40, renewTime: now } });
  cloud.run(new NodeLifecycleController(client));
  await cloud.pass(5_000);
  const body = { spec: { taints: [{ key: 'godwit.dev/asleep', value: 'waking', effect: 'NoSchedule' }] } };
  await nodes.patch({ name: 'a' }, { type: 'merge', body });
  const isMarked = async () => (await nodes.get({ name: 'a' })).spec?.taints?.length === 1;
  await cloud.pass(20_000);
  assert.equal(await isMarked(), true);
  const renewal = { spec: { renewTime: '2026-01-01T00:00:25.000000Z' } };
  await client.resource(lease).patch(name, { type: 'merge', body: renewal });
  await nodes.updateStatus({ ...(await nodes.get({ name: 'a' })), status: { conditions: [ready] } });
  await cloud.until('it takes machines', async () => !(await isMarked()), 2_000);
  await cloud.close();
});

test('pods of a node that was removed are gone, unless it comes back soon', async () => {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  await cloud.addHost('a');
  cloud.run(new NodeLifecycleController(client));
  const name = { namespace: 'default', name: 'p' };
  const spec = { nodeName: 'a', containers: [{ name: 'main', image: 'web' }] };
  await client.resource(pod).create({ metadata: name, spec });
  const isThere = async () => (await client.resource(pod).find(name)) !== undefined;
  await client.resource(node).delete({ name: 'a' });
  await cloud.pass(30_000);
  await cloud.addHost('a');
  await cloud.pass(100_000);
  assert.equal(await isThere(), true);
  await client.resource(node).delete({ name: 'a' });
  await cloud.pass(39_000);
  assert.equal(await isThere(), true);
  await cloud.until('its pod is gone', async () => !(await isThere()), 2_000);
  await cloud.close();
});
