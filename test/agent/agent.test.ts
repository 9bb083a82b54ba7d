import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import { ApiClient, EventRecorder } from '@godwit/client';
import { ApiPodReporter } from '@godwit/host';
import {
  type Door,
  event,
  isConflict,
  lease,
  node,
  type Pod,
  persistentVolume,
  pod,
  type Stored,
  servedAddressesAnnotation,
  service,
  volumeFinalizer,
  volumeHostLabel,
  volumeStateOf,
} from '@godwit/kinds';
import { NODE, SimulatedHost } from './simulated-host.ts';

test('the agent registers its node and keeps its lease, quietly', async () => {
  const host = await SimulatedHost.start();
  const found = await host.client.resource(node).get({ name: NODE });
  assert.equal(found.status?.allocatable?.cpu, '3900m');
  assert.equal(found.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  const leases = host.client.resource(lease);
  const before = await leases.get({ namespace: 'kube-node-lease', name: NODE });
  await host.pass(25_000);
  const after = await leases.get({ namespace: 'kube-node-lease', name: NODE });
  assert.ok((after.spec?.renewTime ?? '') > (before.spec?.renewTime ?? ''));
  // The node itself is written only when there is something to say.
  assert.equal(
    (await host.client.resource(node).get({ name: NODE })).metadata.resourceVersion,
    found.metadata.resourceVersion,
  );
  host.stop();
});

test('a bound pod runs, tells how it is, and goes when it is deleted', async () => {
  const host = await SimulatedHost.start();
  host.containers.addImage('web', { endsAfterTermMs: 50 });
  await host.createPod('one');
  await host.pass(1_000);
  const found = await host.pod('one');
  assert.equal(found?.status?.phase, 'Running');
  assert.equal(found?.status?.podIP, '10.80.0.2');
  assert.ok(await host.isReady('one'));
  const reasons = found?.status?.conditions?.filter(({ status }) => status === 'True').map(({ reason }) => reason);
  assert.deepEqual(new Set(reasons), new Set([undefined]), 'what holds needs no reason any more');
  const events = (await host.client.resource(event).list({ namespace: 'default' })).items;
  assert.deepEqual(events.map(({ reason }) => reason ?? '').toSorted(), ['Created', 'Pulled', 'Started']);
  await host.client.resource(pod).delete({ namespace: 'default', name: 'one' });
  await host.pass(2_000);
  assert.equal(await host.pod('one'), undefined);
  assert.deepEqual(host.containers.actual(), []);
  assert.deepEqual(await host.network.ports(), []);
  host.stop();
});

test('what an earlier life has asked for and comes late does not undo what was said since', async () => {
  const host = await SimulatedHost.start();
  host.containers.addImage('web', { endsAfterTermMs: 50 });
  await host.createPod('one');
  const early = (await host.pod('one')) as Stored<Pod>;
  await host.pass(1_000);
  const { door, world } = host.client;
  const asked: (() => Promise<unknown>)[] = [];
  const dying = {
    patch: (...call: Parameters<Door['patch']>) => {
      asked.push(() => door.patch(...call));
      return new Promise(() => undefined);
    },
  };
  const reporterOf = (client: ApiClient) => new ApiPodReporter(client, new EventRecorder(client, 'agent', NODE));
  void reporterOf(new ApiClient(dying as unknown as Door, world)).writeStatus(early, { phase: 'Pending' });
  await assert.rejects(asked[0] as () => Promise<unknown>, isConflict);
  assert.equal((await host.pod('one'))?.status?.phase, 'Running');
  // Who lives says it again of what there is now.
  await reporterOf(host.client).writeStatus(early, { phase: 'Pending' });
  assert.equal((await host.pod('one'))?.status?.phase, 'Pending');
  host.stop();
});

test('a pod of the same name that comes at once is another pod', async () => {
  const host = await SimulatedHost.start();
  host.containers.addImage('web', { endsAfterTermMs: 50 });
  await host.createPod('one');
  await host.pass(1_000);
  await host.client.resource(pod).delete({ namespace: 'default', name: 'one' }, { gracePeriodSeconds: 0 });
  await host.createPod('one');
  await host.pass(5_000);
  assert.ok(await host.isReady('one'));
  assert.equal(host.running().length, 1);
  host.stop();
});

test('services reach the network driver, and served addresses the node', async () => {
  const host = await SimulatedHost.start();
  await host.client.resource(service).create({
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  await host.pass(1_000);
  const { metadata } = await host.client.resource(node).get({ name: NODE });
  assert.equal(metadata.annotations?.[servedAddressesAnnotation], '["10.80.192.1"]');
  host.stop();
});

test('volumes of this host are made, told, and removed with their finalizer', async () => {
  const host = await SimulatedHost.start();
  const volumes = host.client.resource(persistentVolume);
  await volumes.create({
    metadata: { name: 'pv-1', labels: { [volumeHostLabel]: NODE }, finalizers: [volumeFinalizer] },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  });
  await host.pass(1_000);
  assert.equal(host.volumes.sizes.get('pv-1'), 2 ** 30);
  assert.deepEqual(volumeStateOf(await volumes.get({ name: 'pv-1' })), { phase: 'Provisioned', sizeBytes: 2 ** 30 });
  await volumes.delete({ name: 'pv-1' });
  await host.pass(1_000);
  assert.equal(await volumes.find({ name: 'pv-1' }), undefined);
  assert.equal(host.volumes.sizes.size, 0);
  host.stop();
});

test('whatever crashes happen, every pod runs exactly once and every deletion comes to its end', async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const random = new SeededRandom(seed);
    const host = await SimulatedHost.start();
    host.containers.addImage('web', { endsAfterTermMs: 50 });
    for (const name of ['one', 'two', 'three']) {
      await host.createPod(name);
      await host.pass(random.integer(150));
      if (random.integer(2) === 0) continue;
      host.crash();
      await host.pass(random.integer(3_000));
      host.begin();
    }
    await host.pass(15_000);
    assert.equal(host.running().length, 3, `seed ${seed}: ${host.running().join(' ')}`);
    for (const name of ['one', 'two', 'three']) assert.ok(await host.isReady(name), `seed ${seed} ${name}`);
    await host.client.resource(pod).delete({ namespace: 'default', name: 'two' });
    await host.pass(random.integer(120));
    host.crash();
    await host.pass(random.integer(2_000));
    host.begin();
    await host.pass(40_000);
    assert.equal(await host.pod('two'), undefined, `seed ${seed}`);
    assert.equal(host.running().length, 2, `seed ${seed}`);
    assert.equal((await host.network.ports()).length, 2, `seed ${seed}`);
    host.stop();
  }
});
