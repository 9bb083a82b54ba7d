/** Metrics of pods and of what is outside, read as a person does who wants to know what an autoscaler sees. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before } from 'node:test';
import { withEveryKubectl } from './support/every-kubectl.ts';
import type { KubectlSession } from './support/kubectl-session.ts';

/** What a pod and a queue tell. */
const server = createServer((request, response) => {
  response.end(
    request.url === '/metrics' ? 'jobs_running{kind="a"} 3\njobs_running{kind="b"} 4\n' : '{"waiting":12.5}',
  );
});
let port = 0;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
after(() => server.close());

const manifests = () => `
apiVersion: v1
kind: Pod
metadata:
  name: worker
  labels: {app: worker}
  annotations: {prometheus.io/scrape: "true", prometheus.io/port: "${port}"}
spec: {containers: [{name: main, image: "worker:1"}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: worker
  annotations: {metrics.godwit.dev/jobs_waiting: "http://127.0.0.1:${port}/queue#waiting"}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: worker}
  maxReplicas: 3
  metrics:
  - {type: Pods, pods: {metric: {name: jobs_running}, target: {type: AverageValue, averageValue: "10"}}}
  - {type: External, external: {metric: {name: jobs_waiting}, target: {type: AverageValue, averageValue: "10"}}}
`;

interface MetricList {
  readonly kind: string;
  readonly items: readonly {
    readonly value: string;
    readonly describedObject?: { readonly name: string };
    readonly metric?: { readonly name: string };
    readonly metricName?: string;
    readonly metricLabels?: Readonly<Record<string, string>>;
  }[];
}

const raw = async (session: KubectlSession, path: string) =>
  JSON.parse(await session.ok(['get', '--raw', path])) as MetricList;
const custom = (version: string, { namespace }: KubectlSession, rest: string) =>
  `/apis/custom.metrics.k8s.io/${version}/namespaces/${namespace}/${rest}`;
const external = ({ namespace }: KubectlSession, rest: string) =>
  `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/${rest}`;

withEveryKubectl('metrics', {
  async 'the groups are found, and in them what autoscalers name'(session) {
    await session.ok(['apply', '-f', '-'], manifests());
    const versions = (await session.ok(['api-versions'])).split('\n');
    for (const version of [
      'custom.metrics.k8s.io/v1beta1',
      'custom.metrics.k8s.io/v1beta2',
      'external.metrics.k8s.io/v1beta1',
    ])
      assert.ok(versions.includes(version), version);
    const plain = JSON.parse(await session.ok(['get', '--raw', '/apis/custom.metrics.k8s.io/v1beta2'])) as {
      resources: { name: string; namespaced: boolean; kind: string; verbs: string[] }[];
    };
    const names = plain.resources.map(({ name }) => name);
    assert.ok(names.includes('pods/jobs_running') && names.includes('services/requests'), names.join());
    assert.ok(plain.resources.every(({ kind, verbs }) => kind === 'MetricValueList' && verbs.join() === 'get'));
    assert.match(
      await session.ok(['api-resources', '--api-group=external.metrics.k8s.io']),
      /jobs_waiting +external.* true +ExternalMetricValueList/,
    );
    // Whoever says `pods` still means those.
    assert.match(await session.ok(['get', 'pods']), /^NAME +READY/);
  },

  async 'a metric of pods, in both versions, of one or of those with a label'(session) {
    await session.ok(['patch', 'pod', 'worker', '--subresource=status', '-p', '{"status":{"podIP":"127.0.0.1"}}']);
    const list = await raw(session, custom('v1beta2', session, 'pods/*/jobs_running?labelSelector=app%3Dworker'));
    assert.equal(list.kind, 'MetricValueList');
    assert.deepEqual(
      list.items.map(({ value, describedObject, metric }) => [value, describedObject?.name, metric?.name]),
      [['7', 'worker', 'jobs_running']],
    );
    const path = 'pods/worker/jobs_running?metricLabelSelector=kind%3Db';
    const [older] = (await raw(session, custom('v1beta1', session, path))).items;
    assert.deepEqual([older?.value, older?.metricName], ['4', 'jobs_running']);
  },

  async 'a metric from outside'(session) {
    const { kind, items } = await raw(session, external(session, 'jobs_waiting'));
    assert.equal(kind, 'ExternalMetricValueList');
    assert.deepEqual(
      items.map(({ value, metricName, metricLabels }) => [value, metricName, metricLabels]),
      [['12500m', 'jobs_waiting', { horizontalpodautoscaler: 'worker' }]],
    );
  },

  async 'what is not there is said in a way that helps'(session) {
    const refused = (path: string) => session.refused(['get', '--raw', path]);
    assert.match(
      await refused(custom('v1beta2', session, 'pods/worker/nothing')),
      /could not find the metric nothing for pods worker/,
    );
    assert.match(await refused(custom('v1beta2', session, 'pods/nobody/x')), /pods "nobody" not found/);
    assert.match(await refused(external(session, 'lag')), /annotation metrics\.godwit\.dev\/lag: URL/);
  },

  async 'they are read and nothing else'(session) {
    const path = custom('v1beta2', session, 'pods/worker/jobs_running');
    assert.match(await session.refused(['create', '--raw', path, '-f', '-'], '{}'), /does not allow this method/);
    assert.match(await session.refused(['delete', '--raw', path]), /does not allow this method/);
  },

  async 'rights are those of the resource'(session, api) {
    const stranger = session.as(await api.writeKubeconfig('metrics-stranger', []));
    const path = custom('v1beta2', session, 'pods/*/jobs_running');
    assert.match(await stranger.refused(['get', '--raw', path]), /cannot get resource "pods\/jobs_running"/);
    await session.ok(['create', 'rolebinding', 'reads', '--clusterrole=view', '--user=metrics-stranger']);
    await stranger.ok(['get', '--raw', path]);
    await stranger.ok(['get', '--raw', external(session, 'jobs_waiting')]);
    assert.equal(
      (await stranger.ok(['auth', 'can-i', 'get', 'pods.custom.metrics.k8s.io/jobs_running'])).trim(),
      'yes',
    );
  },
});
