import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiClient } from '@godwit/client';
import {
  instanceFinalizer,
  type Scale,
  StatusFailure,
  virtualMachine,
  virtualMachineInstance,
  virtualMachineInstanceReplicaSet,
  virtualMachinePool,
} from '@godwit/kinds';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { VirtualMachineController } from '../virtual-machine/index.ts';
import { VirtualMachineInstanceController } from '../virtual-machine-instance/index.ts';
import { VirtualMachineInstanceReplicaSetController } from '../virtual-machine-instance-replica-set/index.ts';
import { VirtualMachinePoolController } from './index.ts';

const KEY = { namespace: 'default', name: 'web' };
const labels = { app: 'web' };
const domain = (guest: string, cores = 1) => ({ devices: {}, cpu: { cores }, memory: { guest } });

/** The real API and controllers; the test plays the user and the hosts. */
async function open(): Promise<{ cloud: SimulatedCloud; client: ApiClient }> {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  cloud.run(
    new VirtualMachineController(client),
    new VirtualMachineInstanceController(client),
    new VirtualMachineInstanceReplicaSetController(client),
    new VirtualMachinePoolController(client),
  );
  await cloud.addHost('host-1');
  return { cloud, client };
}

/** Hosts end what is to go, and run the rest. */
async function playHosts(client: ApiClient): Promise<void> {
  const instances = client.resource(virtualMachineInstance);
  for (const { metadata, status } of (await instances.list({ namespace: 'default' })).items) {
    if (metadata.deletionTimestamp) {
      await instances.modify(metadata, (draft) => {
        draft.metadata.finalizers = (draft.metadata.finalizers ?? []).filter((one) => one !== instanceFinalizer);
      });
    } else if (status?.phase !== 'Running') {
      const ready = { type: 'Ready', status: 'True' as const };
      const change = (draft: { status?: object }) => {
        draft.status = { ...draft.status, phase: 'Running', nodeName: 'host-1', conditions: [ready] };
      };
      await instances.modify(metadata, change, { subresource: 'status' });
    }
  }
}

test('a set of instances follows its scale, and makes anew what ends', async () => {
  const { cloud, client } = await open();
  const sets = client.resource(virtualMachineInstanceReplicaSet);
  await client.resource(virtualMachineInstanceReplicaSet).create({
    metadata: KEY,
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { domain: domain('64Mi') } },
    },
  });
  const counts = async () => {
    const { status } = await sets.get(KEY);
    return `${status?.replicas}/${status?.readyReplicas}`;
  };
  await cloud.until('two are made', async () => (await counts()) === '2/0');
  await playHosts(client);
  await cloud.until('two answer', async () => (await counts()) === '2/2');
  assert.equal((await sets.get(KEY)).status?.labelSelector, 'app=web');
  const scale = (replicas: number) =>
    sets.patch(
      KEY,
      { type: 'merge', body: { spec: { replicas } } },
      { subresource: 'scale' },
    ) as unknown as Promise<Scale>;
  assert.deepEqual((await scale(3)).spec, { replicas: 3 });
  await cloud.until('three are there', async () => (await counts()) === '3/2');
  await scale(0);
  await cloud.until('none is wanted', async () => (await counts()) === '0/0');
  await cloud.close();
});

test('a pool keeps numbered machines, grows and shrinks, and restarts them when its template asks for it', async () => {
  const { cloud, client } = await open();
  const pools = client.resource(virtualMachinePool);
  const template = (cores: number) => ({
    metadata: { labels },
    spec: {
      runStrategy: 'Always' as const,
      template: { metadata: { labels }, spec: { domain: domain('64Mi', cores) } },
    },
  });
  await pools.create({
    metadata: KEY,
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      virtualMachineTemplate: template(1),
      scaleInStrategy: { proactive: { selectionPolicy: { sortPolicy: 'DescendingOrder' } } },
    },
  });
  const machines = async () =>
    (await client.resource(virtualMachine).list({ namespace: 'default' })).items.map(({ metadata }) => metadata.name);
  const played = (what: string, isSo: () => Promise<boolean>) =>
    cloud.until(what, async () => {
      await playHosts(client);
      return isSo();
    });
  const ready = async () => (await pools.get(KEY)).status?.readyReplicas;
  await played('both answer', async () => (await ready()) === 2);
  assert.deepEqual(await machines(), ['web-0', 'web-1']);
  const uids = async () =>
    (await client.resource(virtualMachineInstance).list({ namespace: 'default' })).items.map(
      ({ metadata }) => metadata.uid,
    );
  const before = await uids();
  await pools.modify(KEY, (draft) => {
    draft.spec.virtualMachineTemplate = template(2) as never;
  });
  await played('both have been restarted', async () => {
    const now = await uids();
    return now.length === 2 && now.every((uid) => !before.includes(uid)) && (await ready()) === 2;
  });
  const { items } = await client.resource(virtualMachineInstance).list({ namespace: 'default' });
  assert.deepEqual(
    items.map(({ spec }) => spec.domain.cpu?.cores),
    [2, 2],
  );
  await pools.patch(KEY, { type: 'merge', body: { spec: { replicas: 1 } } }, { subresource: 'scale' });
  await played('one is left', async () => (await machines()).join() === 'web-0');
  await cloud.close();
});

test('sets that contradict themselves are refused with their causes', async () => {
  const { cloud, client } = await open();
  const causes = async (create: Promise<unknown>) => {
    try {
      await create;
    } catch (error) {
      assert.ok(error instanceof StatusFailure);
      return error
        .toStatus()
        .details?.causes?.map(({ field }) => field)
        .sort();
    }
    return assert.fail('it was taken');
  };
  const spec = { domain: domain('64Mi') };
  const selector = { matchLabels: labels };
  const set = { replicas: -1, selector, template: { metadata: { labels: { app: 'other' } }, spec } };
  assert.deepEqual(
    await causes(client.resource(virtualMachineInstanceReplicaSet).create({ metadata: KEY, spec: set })),
    ['spec.replicas', 'spec.template.metadata.labels'],
  );
  const pool = {
    selector: {},
    maxUnavailable: '0%',
    virtualMachineTemplate: {
      metadata: { labels },
      spec: { running: true, runStrategy: 'Always' as const, template: { spec } },
    },
    scaleInStrategy: { unmanaged: true, proactive: { statePreservation: 'Online' as const } },
  };
  assert.deepEqual(await causes(client.resource(virtualMachinePool).create({ metadata: KEY, spec: pool })), [
    'spec.maxUnavailable',
    'spec.scaleInStrategy',
    'spec.scaleInStrategy.proactive.statePreservation',
    'spec.selector',
    'spec.virtualMachineTemplate.spec.running',
  ]);
  await cloud.close();
});
