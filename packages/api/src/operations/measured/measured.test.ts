import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type HostUsage,
  type NodeMetrics,
  type PodMetrics,
  StatusFailure,
  type UsageAccess,
  type VirtualMachineInstanceMetrics,
} from '@godwit/kinds';
import { configMaps, type OpenDoor, openDoor, pod, pods, user } from '../testing/open-door.ts';

const group = 'metrics.k8s.io';
const podMetrics = { group, version: 'v1beta1', plural: 'pods', namespace: 'default' };
const nodeMetrics = { group, version: 'v1beta1', plural: 'nodes' };
const nodes = { group: '', version: 'v1', plural: 'nodes' };

/** A cloud of two hosts of which one can be asked, with a pod on each and one on none. */
async function measuredCloud(): Promise<OpenDoor & { usage: { current: HostUsage } }> {
  const usage = { current: { machines: [] } as HostUsage };
  const access: UsageAccess = { usage: () => Promise.resolve(usage.current) };
  const cloud = await openDoor({ usage: (node) => (node === 'near' ? access : undefined) });
  const { door } = cloud;
  for (const name of ['near', 'far']) await door.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } });
  await door.create(pods, pod('web', { labels: { app: 'web' } }, { nodeName: 'near' }));
  await door.create(pods, pod('other', { labels: { app: 'other' } }, { nodeName: 'far' }));
  await door.create(pods, pod('pending'));
  return Object.assign(cloud, { usage });
}

async function measure({ door, usage }: Awaited<ReturnType<typeof measuredCloud>>): Promise<void> {
  const web = await door.get({ ...pods, name: 'web' });
  const window = { atMs: Date.parse('2026-01-01T00:00:10Z'), windowMs: 10_000 };
  usage.current = {
    host: { ...window, cpuCores: 1.25, memoryBytes: 3 * 2 ** 30 },
    machines: [
      {
        machine: { kind: 'Pod', namespace: 'default', name: 'web', uid: web.metadata.uid },
        parts: [{ ...window, name: 'main', cpuCores: 0.1234567891, memoryBytes: 1025 }],
      },
    ],
  };
}

const refusal = (reason: string) => (error: unknown) => error instanceof StatusFailure && error.reason === reason;

test('a pod is measured by its host, and bears its labels', async () => {
  const cloud = await measuredCloud();
  await measure(cloud);
  const found = (await cloud.door.get({ ...podMetrics, name: 'web' })) as unknown as PodMetrics;
  assert.equal(found.timestamp, '2026-01-01T00:00:10Z');
  assert.equal(found.window, '10s');
  assert.deepEqual(found.metadata.labels, { app: 'web' });
  assert.deepEqual(found.containers, [{ name: 'main', usage: { cpu: '123456789n', memory: '2Ki' } }]);
});

test('lists are selected by the labels of the pods, and leave out what has no measurement', async () => {
  const cloud = await measuredCloud();
  await measure(cloud);
  const names = async (labelSelector?: string) =>
    (await cloud.door.list(podMetrics, labelSelector === undefined ? {} : { labelSelector })).items.map(
      ({ metadata }) => metadata.name,
    );
  assert.deepEqual(await names(), ['web']);
  assert.deepEqual(await names('app=web'), ['web']);
  assert.deepEqual(await names('app=other'), []);
});

test('hosts are measured; one that cannot be asked is left out, and refused when it is named', async () => {
  const cloud = await measuredCloud();
  await measure(cloud);
  const { items } = await cloud.door.list(nodeMetrics);
  assert.deepEqual(
    (items as unknown as NodeMetrics[]).map(({ metadata, usage }) => [metadata.name, usage]),
    [['near', { cpu: '1250000000n', memory: '3145728Ki' }]],
  );
  await assert.rejects(cloud.door.get({ ...nodeMetrics, name: 'far' }), refusal('ServiceUnavailable'));
});

test('what is not there, not on a host or not measured yet is not found under the name of its measurement', async () => {
  const { door } = await measuredCloud();
  for (const name of ['nobody', 'pending', 'web']) {
    await assert.rejects(door.get({ ...podMetrics, name }), (error: unknown) => {
      assert.ok(error instanceof StatusFailure);
      assert.equal(error.reason, 'NotFound');
      assert.match(error.message, /^pods\.metrics\.k8s\.io ".*" not found$/);
      return true;
    });
  }
});

test('measurements are only read, by those who may', async () => {
  const { door, operations } = await measuredCloud();
  await assert.rejects(door.create(podMetrics, { metadata: { name: 'x' } }), refusal('MethodNotAllowed'));
  await assert.rejects(door.delete({ ...podMetrics, name: 'web' }), refusal('MethodNotAllowed'));
  const stranger = operations.as(user('stranger'));
  await assert.rejects(stranger.list(podMetrics), refusal('Forbidden'));
  await assert.rejects(stranger.list(nodeMetrics), refusal('Forbidden'));
  assert.ok(await door.list(configMaps));
});

test('a virtual machine is measured under a resource of its own', async () => {
  const cloud = await measuredCloud();
  const machines = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances', namespace: 'default' };
  const made = await cloud.door.create(machines, {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachineInstance',
    metadata: { name: 'vm' },
    spec: { domain: { devices: {}, memory: { guest: '64Mi' } } },
  });
  await cloud.door.patch(
    { ...machines, name: 'vm', subresource: 'status' },
    {
      type: 'merge',
      body: { status: { nodeName: 'near' } },
    },
  );
  const part = { name: 'compute', atMs: 0, windowMs: 1_000, cpuCores: 0.5, memoryBytes: 2 ** 26 };
  cloud.usage.current = {
    machines: [
      {
        machine: { kind: 'VirtualMachineInstance', namespace: 'default', name: 'vm', uid: made.metadata.uid },
        parts: [part],
      },
    ],
  };
  const at = {
    group: 'godwit.dev',
    version: 'v1alpha1',
    plural: 'virtualmachineinstancemetrics',
    namespace: 'default',
  };
  const { items } = await cloud.door.list(at);
  assert.deepEqual((items[0] as unknown as VirtualMachineInstanceMetrics).usage, {
    cpu: '500000000n',
    memory: '65536Ki',
  });
});
