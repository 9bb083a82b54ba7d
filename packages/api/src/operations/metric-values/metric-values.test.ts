import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { Failure } from '@godwit/base';
import { StatusFailure, type ValueQuery, type ValueSample } from '@godwit/kinds';
import { type OpenDoor, openDoor, pod, pods, user } from '../testing/open-door.ts';

const { signal } = new AbortController();
const custom = { group: 'custom.metrics.k8s.io', version: 'v1beta2', namespace: 'default' };
const external = { group: 'external.metrics.k8s.io', version: 'v1beta1', namespace: 'default' };

const told = {
  scrape: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '8080' },
  queue: { 'metrics.godwit.dev/jobs': 'http://queue/', 'metrics.godwit.dev/hits': 'http://front/' },
};

const target = { type: 'AverageValue', averageValue: '10' };
const scaler = (name: string) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name, annotations: told.queue },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    maxReplicas: 3,
    metrics: [
      { type: 'Pods', pods: { metric: { name: 'hits' }, target } },
      { type: 'External', external: { metric: { name: 'jobs' }, target } },
      {
        type: 'Object',
        object: {
          metric: { name: 'hits' },
          target: { type: 'Value', value: '10' },
          describedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'front' },
        },
      },
    ],
  },
});

describe('metrics that autoscalers see', () => {
  let cloud: OpenDoor;
  let asked: ValueQuery[];
  let answer: readonly ValueSample[] | Failure;

  beforeEach(async () => {
    asked = [];
    answer = [];
    cloud = await openDoor({
      values: (query) => {
        asked.push(query);
        return answer instanceof Failure ? Promise.reject(answer) : Promise.resolve(answer);
      },
    });
    const { door } = cloud;
    for (const name of ['a', 'b']) {
      await door.create(pods, pod(name, { labels: { app: name }, annotations: told.scrape }));
      const status = { podIP: name === 'a' ? '10.0.0.1' : '10.0.0.2' };
      await door.patch({ ...pods, name, subresource: 'status' }, { type: 'merge', body: { status } });
    }
    const services = { group: '', version: 'v1', plural: 'services', namespace: 'default' };
    await door.create(services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { ports: [{ port: 80 }] },
    } as never);
    await door.create({ ...services, plural: 'configmaps' }, { metadata: { name: 'front' } } as never);
    const scalers = { ...services, group: 'autoscaling', version: 'v2', plural: 'horizontalpodautoscalers' };
    for (const name of ['one', 'two']) await door.create(scalers, scaler(name) as never);
  });

  const ask = (at: object, labelSelector?: string, metricLabelSelector?: string) =>
    cloud.operations.metricValues(cloud.admin, at as never, { labelSelector, metricLabelSelector }, signal) as Promise<{
      kind: string;
      apiVersion: string;
      items: Record<string, unknown>[];
    }>;
  const hits = { ...custom, plural: 'pods', name: '*', subresource: 'hits' };

  test('pods are asked where they tell it, and each value names its pod', async () => {
    answer = [
      { name: 'a', value: 7.25, windowMs: 15_000 },
      { name: 'b', value: 3 },
    ];
    const list = await ask(hits, undefined, 'code=200,!x');
    assert.equal(list.kind, 'MetricValueList');
    assert.equal(list.apiVersion, 'custom.metrics.k8s.io/v1beta2');
    const selector = { matchLabels: { code: '200' }, matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] };
    const metric = { name: 'hits', selector };
    const timestamp = '2026-01-01T00:00:00Z';
    const described = (name: string) => ({ kind: 'Pod', namespace: 'default', name, apiVersion: 'v1' });
    assert.deepEqual(list.items, [
      { describedObject: described('a'), metric, timestamp, windowSeconds: 15, value: '7250m' },
      { describedObject: described('b'), metric, timestamp, value: '3' },
    ]);
    const [query] = asked;
    assert.ok(query?.of === 'machines');
    assert.deepEqual(
      query.endpoints.map(({ url }) => url),
      ['http://10.0.0.1:8080/metrics', 'http://10.0.0.2:8080/metrics'],
    );
    assert.equal(query.selector, 'code=200,!x');
  });

  test('the older version calls things as it does', async () => {
    answer = [{ name: 'a', value: 1, windowMs: 3_000 }];
    const [item] = (await ask({ ...hits, version: 'v1beta1', name: 'a' })).items;
    assert.deepEqual(item, {
      describedObject: { kind: 'Pod', namespace: 'default', name: 'a', apiVersion: 'v1' },
      metricName: 'hits',
      timestamp: '2026-01-01T00:00:00Z',
      window: 3,
      value: '1',
      selector: null,
    });
  });

  test('labels choose the objects, and a name one', async () => {
    answer = [{ name: 'b', value: 1 }];
    assert.equal((await ask(hits, 'app=b')).items.length, 1);
    assert.equal(asked[0]?.of === 'machines' && asked[0].endpoints.length, 1);
    await assert.rejects(ask({ ...hits, name: 'nobody' }), { reason: 'NotFound', message: 'pods "nobody" not found' });
    await assert.rejects(ask(hits, 'app in'), { reason: 'BadRequest' });
  });

  test('a Service is what its load balancer says; another object is asked for where an autoscaler says', async () => {
    answer = [{ value: 1.5, windowMs: 3_000 }, { value: 2 }];
    const { items } = await ask({ ...custom, plural: 'services', name: 'web', subresource: 'requests' });
    assert.equal(items[0]?.value, '3500m');
    await ask({ ...custom, plural: 'configmaps', name: 'front', subresource: 'hits' });
    assert.deepEqual(asked, [
      { of: 'object', namespace: 'default', kind: 'Service', name: 'web', metric: 'requests' },
      { of: 'object', namespace: 'default', kind: 'ConfigMap', name: 'front', metric: 'hits', url: 'http://front/' },
    ]);
  });

  test('what is outside is told as each autoscaler sees it, and chosen by labels', async () => {
    answer = [{ value: 4, labels: { queue: 'mail' } }];
    const list = await ask({ ...external, plural: 'jobs' }, 'queue=mail');
    assert.equal(list.kind, 'ExternalMetricValueList');
    const seen = (horizontalpodautoscaler: string) => ({
      metricName: 'jobs',
      metricLabels: { queue: 'mail', horizontalpodautoscaler },
      timestamp: '2026-01-01T00:00:00Z',
      value: '4',
    });
    assert.deepEqual(list.items, [seen('one'), seen('two')]);
    const chosen = await ask({ ...external, plural: 'jobs' }, 'horizontalpodautoscaler=two');
    assert.deepEqual(
      chosen.items.map(({ metricLabels }) => metricLabels),
      [seen('two').metricLabels],
    );
    assert.deepEqual(asked[0], {
      of: 'outside',
      namespace: 'default',
      metric: 'jobs',
      url: 'http://queue/',
      selector: 'queue=mail',
    });
    await assert.rejects(ask({ ...external, plural: 'lag' }), {
      reason: 'NotFound',
      message: /could not find the metric lag: .*annotation metrics\.godwit\.dev\/lag: URL/,
    });
  });

  test('what is not there is not found, what cannot be read now is unavailable, and both say why', async () => {
    answer = [];
    await assert.rejects(ask(hits), { reason: 'NotFound', message: /the metric hits for pods: nobody tells it now/ });
    answer = new Failure('metric-unknown', 'none of the machines tells hits');
    await assert.rejects(ask({ ...hits, name: 'a' }), { reason: 'NotFound', message: /hits for pods a: none of the/ });
    answer = new Failure('metric-unreachable', 'http://x: refused');
    await assert.rejects(ask(hits), { reason: 'ServiceUnavailable', message: /cannot be read now: http:\/\/x/ });
    for (const wrong of [
      { plural: 'nothings', name: 'a', subresource: 'x' },
      { plural: 'nodes', name: 'a', subresource: 'x' },
      { plural: 'pods', name: 'a' },
      { version: 'v1', plural: 'pods', name: 'a', subresource: 'x' },
    ])
      await assert.rejects(ask({ ...custom, ...wrong }), { reason: 'NotFound' });
  });

  test('who may not read them is refused in the words of the resource', async () => {
    const stranger = { user: user('stranger') };
    const read = cloud.operations.metricValues(stranger, hits as never, {}, signal);
    await assert.rejects(read, (error: unknown) => {
      assert.ok(error instanceof StatusFailure);
      assert.equal(error.reason, 'Forbidden');
      assert.match(error.message, /cannot get resource "pods\/hits" in API group "custom\.metrics\.k8s\.io"/);
      return true;
    });
    assert.deepEqual(asked, []);
  });

  test('autoscalers say what there is to ask for, beside what load balancers measure', async () => {
    const names = await cloud.operations.metricNames();
    const objects = names?.objects.map(({ plural, metric }) => `${plural}/${metric}`);
    assert.deepEqual(objects?.slice(0, 2), ['services/requests', 'services/errors']);
    assert.deepEqual(objects?.slice(5), ['pods/hits', 'configmaps/hits']);
    assert.deepEqual(names?.outside, ['jobs']);
    assert.equal(await (await openDoor()).operations.metricNames(), undefined);
  });
});
