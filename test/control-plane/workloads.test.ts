import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configMap,
  type Deployment,
  deployment,
  endpointSlice,
  endpoints,
  isPodReady,
  pod,
  replicaSet,
  resourceQuota,
  service,
  serviceAccount,
} from '@godwit/kinds';
import { ControlPlane } from './control-plane.ts';

const NAMESPACE = 'default';
const web = { namespace: NAMESPACE, name: 'web' };

function templateOf(image: string) {
  return {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
  };
}

async function deploy(plane: ControlPlane, spec: Partial<Deployment['spec']> = {}): Promise<void> {
  const selector = { matchLabels: { app: 'web' } };
  const metadata = { ...web };
  await plane.client
    .resource(deployment)
    .create({ metadata, spec: { replicas: 3, selector, template: templateOf('v1'), ...spec } });
  await plane.advance(1000);
}

async function images(plane: ControlPlane): Promise<readonly string[]> {
  return (await plane.pods()).map((item) => item.spec.containers[0]?.image ?? '').sort();
}

function reasonOf({ status }: Deployment): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Progressing')?.reason;
}

test('a deployment becomes a set, pods and endpoints; and goes with all of them', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane);
  await plane.client.resource(service).create({
    metadata: web,
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  });
  assert.equal((await plane.pods()).length, 3);
  await plane.runPods();
  const { status } = await plane.client.resource(deployment).get(web);
  assert.equal(status?.availableReplicas, 3);
  assert.equal(reasonOf(await plane.client.resource(deployment).get(web)), 'NewReplicaSetAvailable');
  const [slice] = (await plane.client.resource(endpointSlice).list({ namespace: NAMESPACE })).items;
  assert.equal(slice?.endpoints.filter(({ conditions }) => conditions?.ready).length, 3);
  assert.deepEqual(
    slice?.ports?.map(({ port }) => port),
    [8080],
  );
  assert.equal((await plane.client.resource(endpoints).get(web)).subsets?.[0]?.addresses?.length, 3);
  assert.deepEqual(plane.troubles(), []);
  await plane.client.resource(deployment).delete(web, { propagationPolicy: 'Background' });
  await plane.client.resource(service).delete(web);
  for (let round = 0; round < 4; round++) await plane.runPods();
  assert.deepEqual(await plane.pods(), []);
  assert.deepEqual((await plane.client.resource(replicaSet).list()).items, []);
  await plane.stop();
});

test('a rolling update keeps enough pods ready, whatever comes up when, and goes back on request', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane, { replicas: 4 });
  await plane.runPods();
  for (const image of ['v2', 'v1']) {
    await plane.client.resource(deployment).modify(web, (draft) => {
      draft.spec.template.spec.containers[0] = { name: 'c', image };
    });
    await plane.advance(1000);
    for (let round = 0; round < 40; round++) {
      const pods = await plane.pods();
      const active = pods.filter((item) => item.metadata.deletionTimestamp === undefined);
      assert.ok(active.filter(isPodReady).length >= 3, 'three of four must be ready');
      assert.ok(active.length <= 5, 'one of four may be in excess');
      await plane.runPods(1 + (round % 3));
    }
    assert.deepEqual(await images(plane), [image, image, image, image]);
    assert.equal(reasonOf(await plane.client.resource(deployment).get(web)), 'NewReplicaSetAvailable');
  }
  const sets = (await plane.client.resource(replicaSet).list({ namespace: NAMESPACE })).items;
  assert.equal(sets.length, 3);
  assert.deepEqual(plane.troubles(), []);
  await plane.stop();
});

test('scaling follows, and a pod that is taken away is made again', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane);
  await plane.runPods();
  for (const replicas of [6, 2, 0, 1]) {
    await plane.client.resource(deployment).modify(web, (draft) => {
      draft.spec.replicas = replicas;
    });
    await plane.advance(1000);
    for (let round = 0; round < 3; round++) await plane.runPods();
    assert.equal((await plane.pods()).length, replicas);
    assert.equal((await plane.client.resource(deployment).get(web)).status?.availableReplicas ?? 0, replicas);
  }
  assert.deepEqual(plane.troubles(), []);
  await plane.stop();
});

test('a rollout that stands still is told after its deadline', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane, { progressDeadlineSeconds: 30 });
  await plane.advance(28_000);
  assert.equal(reasonOf(await plane.client.resource(deployment).get(web)), 'ReplicaSetUpdated');
  await plane.advance(3000);
  assert.equal(reasonOf(await plane.client.resource(deployment).get(web)), 'ProgressDeadlineExceeded');
  await plane.runPods();
  assert.equal(reasonOf(await plane.client.resource(deployment).get(web)), 'NewReplicaSetAvailable');
  await plane.stop();
});

test('every namespace has an account and the certificate of the authority', async () => {
  const plane = await ControlPlane.start();
  const account = { namespace: NAMESPACE, name: 'default' };
  await plane.client.resource(serviceAccount).get(account);
  await plane.client.resource(serviceAccount).delete(account);
  await plane.advance(1000);
  await plane.client.resource(serviceAccount).get(account);
  const authority = await plane.client.resource(configMap).get({ namespace: NAMESPACE, name: 'kube-root-ca.crt' });
  assert.deepEqual(authority.data, { 'ca.crt': 'certificate' });
  await plane.stop();
});

test('a quota holds pods back, which is told, and lets them come when it grows', async () => {
  const plane = await ControlPlane.start();
  const quota = { namespace: NAMESPACE, name: 'q' };
  await plane.client.resource(resourceQuota).create({ metadata: quota, spec: { hard: { pods: '2' } } });
  await deploy(plane);
  assert.equal((await plane.pods()).length, 2);
  const failure = (await plane.client.resource(deployment).get(web)).status?.conditions?.find(
    ({ type }) => type === 'ReplicaFailure',
  );
  assert.equal(failure?.reason, 'FailedCreate');
  assert.match(failure?.message ?? '', /exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2/);
  await plane.client.resource(resourceQuota).modify(quota, (draft) => {
    draft.spec = { hard: { pods: '5' } };
  });
  await plane.advance(60_000);
  assert.equal((await plane.pods()).length, 3);
  await plane.runPods();
  const { status } = await plane.client.resource(deployment).get(web);
  assert.equal(
    status?.conditions?.some(({ type }) => type === 'ReplicaFailure'),
    false,
  );
  assert.deepEqual(plane.troubles(), []);
  await plane.stop();
});

test('pods that were left behind are taken over by who selects them, and a relabelled one is replaced', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane);
  await plane.runPods();
  const before = (await plane.pods()).map(({ metadata }) => metadata.uid).sort();
  await plane.client.resource(deployment).delete(web, { propagationPolicy: 'Orphan' });
  await plane.advance(2000);
  assert.equal((await plane.pods()).length, 3);
  await deploy(plane);
  assert.deepEqual((await plane.pods()).map(({ metadata }) => metadata.uid).sort(), before);
  const [first] = await plane.pods();
  assert.ok(first);
  await plane.client.resource(pod).modify(first.metadata, (draft) => {
    draft.metadata.labels = { app: 'debug' };
  });
  await plane.advance(1000);
  const pods = await plane.pods();
  assert.equal(pods.length, 4);
  assert.equal(pods.find(({ metadata }) => metadata.uid === first.metadata.uid)?.metadata.ownerReferences, undefined);
  assert.deepEqual(plane.troubles(), []);
  await plane.stop();
});

test('two Deployments with one template hash do not hurt each other', async () => {
  const plane = await ControlPlane.start();
  await deploy(plane);
  const other = { namespace: NAMESPACE, name: 'other' };
  const template = { ...templateOf('v1'), metadata: { labels: { app: 'other' } } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'other' } }, template };
  await plane.client.resource(deployment).create({ metadata: other, spec });
  await plane.advance(1000);
  assert.equal((await plane.pods()).length, 5);
  const sets = (await plane.client.resource(replicaSet).list({ namespace: NAMESPACE })).items;
  const taken = sets.find(({ metadata }) => metadata.name.startsWith('other-'));
  assert.ok(taken);
  // Somebody takes the name that the next version would have.
  await plane.client.resource(deployment).delete(other, { propagationPolicy: 'Background' });
  for (let round = 0; round < 3; round++) await plane.runPods();
  const { name, namespace } = taken.metadata;
  await plane.client.resource(replicaSet).create({
    metadata: { name, namespace: namespace ?? '' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { x: 'y' } },
      template: { ...template, metadata: { labels: { x: 'y' } } },
    },
  });
  await plane.client.resource(deployment).create({ metadata: other, spec });
  await plane.advance(2000);
  const { status } = await plane.client.resource(deployment).get(other);
  assert.equal(status?.collisionCount, 1);
  assert.equal(status?.replicas, 2);
  assert.deepEqual(plane.troubles(), []);
  await plane.stop();
});
