import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { timestamp } from '@godwit/base';
import { event, horizontalPodAutoscaler, type MetricSpec, pod, replicaSet } from '@godwit/kinds';
import { GivenMetrics } from '../test-support/given-metrics.ts';
import { SimulatedCloud } from '../test-support/simulated-cloud.ts';
import { HorizontalPodAutoscalerReconciler } from './horizontal-pod-autoscaler-reconciler.ts';

const half: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};
const name = { namespace: 'default', name: 'web' };

async function scaled(metrics: readonly MetricSpec[] = [half]) {
  const cloud = await SimulatedCloud.start();
  const { client } = cloud.client();
  const source = new GivenMetrics(() => cloud.clock.now());
  cloud.run(new HorizontalPodAutoscalerReconciler(client, source));
  after(() => cloud.close());
  const labels = { app: 'web' };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: '100m' } } }] },
  };
  await client.resource(replicaSet).create({
    metadata: name,
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  });
  const now = timestamp(cloud.clock);
  for (const index of [0, 1]) {
    const made = await client
      .resource(pod)
      .create({ metadata: { namespace: 'default', name: `web-${index}`, labels }, spec: template.spec });
    const ready = { type: 'Ready', status: 'True' as const, lastTransitionTime: now };
    await client
      .resource(pod)
      .updateStatus({ ...made, status: { phase: 'Running', startTime: now, conditions: [ready] } });
  }
  await client.resource(horizontalPodAutoscaler).create({
    metadata: name,
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' },
      minReplicas: 1,
      maxReplicas: 8,
      metrics,
    },
  });
  const size = async () => (await client.resource(replicaSet).get(name)).spec.replicas;
  const status = async () => (await client.resource(horizontalPodAutoscaler).get(name)).status;
  const condition = async (type: string) => (await status())?.conditions?.find((one) => one.type === type);
  return { cloud, client, source, size, status, condition };
}

test('more load, more machines, and it is told why; less load, fewer after five minutes', async () => {
  const { cloud, client, source, size, status, condition } = await scaled();
  source.all(['web-0', 'web-1'], 0.1);
  await cloud.until('it is scaled up', async () => (await size()) === 4);
  assert.equal((await condition('AbleToScale'))?.reason, 'SucceededRescale');
  assert.equal((await condition('ScalingActive'))?.reason, 'ValidMetricFound');
  const [found] = (await status())?.currentMetrics ?? [];
  assert.deepEqual(found?.resource?.current, { averageUtilization: 100, averageValue: '100m' });
  await cloud.until('an event tells it', async () => {
    const { items } = await client.resource(event).list({ namespace: 'default' });
    return items.some(({ reason, message }) => reason === 'SuccessfulRescale' && message?.includes('New size: 4'));
  });
  source.all(['web-0', 'web-1'], 0.01);
  await cloud.pass(280_000);
  assert.ok(((await size()) ?? 0) >= 4);
  await cloud.until('it is scaled down', async () => (await size()) === 1);
});

test('lost metrics change nothing, and are told', async () => {
  const { cloud, size, condition } = await scaled();
  await cloud.until('it is told', async () => (await condition('ScalingActive'))?.reason === 'FailedGetResourceMetric');
  await cloud.pass(400_000);
  assert.equal(await size(), 2);
});

test('a metric from outside, shared out', async () => {
  const outside = {
    type: 'External',
    external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
  } as const satisfies MetricSpec;
  const { cloud, source, size } = await scaled([outside]);
  source.value = (query) => (query.of === 'outside' && query.metric === 'queue' ? [{ value: 170 }] : []);
  await cloud.until('it has six', async () => (await size()) === 6);
});

test('it says what each metric asks for, and which is lost', async () => {
  const queue = (name: string): MetricSpec => ({
    type: 'External',
    external: { metric: { name }, target: { type: 'AverageValue', averageValue: '30' } },
  });
  const { cloud, source, condition } = await scaled([queue('jobs'), queue('mails'), queue('calls')]);
  source.value = (query) => {
    if (query.of !== 'outside' || query.metric === 'calls') throw new Error('nobody answers');
    return [{ value: query.metric === 'jobs' ? 170 : 80 }];
  };
  const said = async () => (await condition('ScalingActive'))?.message ?? '';
  await cloud.until('it says so', async () => (await said()).includes('calculated'));
  assert.match(await said(), /from jobs, which asks for 6; mails asks for 3; calls is lost: .*nobody answers/);
});

test('what was found stands where it is in the spec, also behind what was lost', async () => {
  const queue = (name: string): MetricSpec => ({
    type: 'External',
    external: { metric: { name }, target: { type: 'AverageValue', averageValue: '30' } },
  });
  const { cloud, source, status } = await scaled([queue('calls'), queue('jobs')]);
  source.value = (query) => {
    if (query.of !== 'outside' || query.metric === 'calls') throw new Error('nobody answers');
    return [{ value: 170 }];
  };
  await cloud.until('it is told', async () => (await status())?.currentMetrics?.length === 2);
  const [calls, jobs] = (await status())?.currentMetrics ?? [];
  assert.deepEqual(calls, { type: 'External' });
  assert.equal(jobs?.external?.current.value, '170');
});

test('a wall clock that is put back, or far ahead, leaves machines that serve as they are', async () => {
  const { cloud, source, size, condition } = await scaled();
  source.all(['web-0', 'web-1'], 0.05);
  for (const byMs of [-3_600_000, 7_200_000]) {
    cloud.clock.jump(byMs);
    await cloud.pass(40_000);
    assert.equal((await condition('ScalingActive'))?.reason, 'ValidMetricFound');
    assert.equal(await size(), 2);
  }
  cloud.clock.jump(-3_600_000);
  source.all(['web-0', 'web-1'], 0.1);
  await cloud.until('it is scaled up', async () => (await size()) === 4);
});

test('samples of another time than now are as good as none', async () => {
  const { cloud, source, condition } = await scaled();
  source.all(['web-0', 'web-1'], 0.1);
  source.lateMs = 61_000;
  await cloud.until('it is told', async () => (await condition('ScalingActive'))?.reason === 'FailedGetResourceMetric');
  source.lateMs = 0;
  await cloud.until('it goes on', async () => (await condition('ScalingActive'))?.status === 'True');
});

test('a target that is not there is told', async () => {
  const { cloud, client, condition } = await scaled();
  await client.resource(replicaSet).delete(name);
  await cloud.until('it is told', async () => (await condition('AbleToScale'))?.reason === 'FailedGetScale');
});

test('of two on one target none does anything, and both say so, until there is one', async () => {
  const { cloud, client, source, size, condition } = await scaled();
  source.all(['web-0', 'web-1'], 0.1);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web' };
  const other = { namespace: 'default', name: 'other' };
  await client.resource(horizontalPodAutoscaler).create({ metadata: other, spec: { scaleTargetRef, maxReplicas: 3 } });
  await cloud.until('it is told', async () => (await condition('ScalingActive'))?.reason === 'AmbiguousSelector');
  assert.match((await condition('ScalingActive'))?.message ?? '', /other as well/);
  const before = await size();
  await cloud.pass(60_000);
  assert.equal(await size(), before);
  await client.resource(horizontalPodAutoscaler).delete(other);
  await cloud.until(
    'it goes on',
    async () => (await size()) === 4 && (await condition('ScalingActive'))?.status === 'True',
  );
});
