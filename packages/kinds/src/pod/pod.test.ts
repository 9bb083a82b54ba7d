import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../machinery/index.ts';
import { type Pod, pod } from './index.ts';

type Spec = Partial<Pod['spec']>;
const container = { name: 'web', image: 'nginx' };

function podOf(spec: Spec = {}, more: Partial<Omit<Pod, 'metadata'>> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [container], ...spec },
    ...more,
  };
}

function defaulted(item: Pod): Pod {
  const draft = structuredClone(item) as Draft<Pod>;
  pod.defaults?.(draft);
  return draft as Pod;
}

/** What validation says, as `field: message`. */
function faults(spec: Spec, old?: Spec, subresource?: string): readonly string[] {
  const context = { ...(old && { old: defaulted(podOf(old)) }), ...(subresource && { subresource }) };
  return (pod.validate?.(defaulted(podOf(spec)), context) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('a bare pod gets what the Kubernetes reference documents', () => {
  const { spec, status } = defaulted(podOf());
  assert.equal(spec.restartPolicy, 'Always');
  assert.equal(spec.dnsPolicy, 'ClusterFirst');
  assert.equal(spec.terminationGracePeriodSeconds, 30);
  assert.equal(spec.schedulerName, 'default-scheduler');
  assert.equal(spec.serviceAccountName, 'default');
  assert.equal(spec.serviceAccount, 'default');
  assert.equal(spec.enableServiceLinks, true);
  assert.deepEqual(spec.securityContext, {});
  assert.deepEqual(
    spec.tolerations?.map(({ key, tolerationSeconds }) => `${key} ${tolerationSeconds}`),
    ['node.kubernetes.io/not-ready 300', 'node.kubernetes.io/unreachable 300'],
  );
  const [first] = spec.containers;
  assert.equal(first?.terminationMessagePath, '/dev/termination-log');
  assert.equal(first?.terminationMessagePolicy, 'File');
  assert.deepEqual(first?.resources, {});
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('defaults are the same the second time', () => {
  const once = defaulted(
    podOf({ volumes: [{ name: 'v' }], containers: [{ ...container, livenessProbe: { httpGet: { port: 80 } } }] }),
  );
  assert.deepEqual(defaulted(once), once);
});

test('images without a tag, or with latest, are always pulled; others when they are not there', () => {
  const policy = (image: string) =>
    defaulted(podOf({ containers: [{ name: 'c', image }] })).spec.containers[0]?.imagePullPolicy;
  assert.equal(policy('nginx'), 'Always');
  assert.equal(policy('nginx:latest'), 'Always');
  assert.equal(policy('nginx:1.27'), 'IfNotPresent');
  assert.equal(policy('registry:5000/nginx'), 'Always');
  assert.equal(policy('registry:5000/nginx:1'), 'IfNotPresent');
  assert.equal(policy('nginx@sha256:0000'), 'IfNotPresent');
});

test('probes, ports, volumes and resources are completed', () => {
  const { spec, status } = defaulted(
    podOf({
      containers: [
        {
          ...container,
          ports: [{ containerPort: 80 }],
          readinessProbe: { httpGet: { port: 80 } },
          resources: { limits: { cpu: 0.5, memory: '1024Ki' } },
        },
      ],
      volumes: [{ name: 'a' }, { name: 'b', configMap: { name: 'c' } }],
    }),
  );
  const [first] = spec.containers;
  assert.equal(first?.ports?.[0]?.protocol, 'TCP');
  assert.deepEqual(first?.readinessProbe, {
    httpGet: { port: 80, path: '/', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  assert.deepEqual(first?.resources, {
    limits: { cpu: '500m', memory: '1Mi' },
    requests: { cpu: '500m', memory: '1Mi' },
  });
  assert.equal(status?.qosClass, 'Guaranteed');
  assert.deepEqual(spec.volumes, [
    { name: 'a', emptyDir: {} },
    { name: 'b', configMap: { name: 'c', defaultMode: 420 } },
  ]);
});

test('a sound pod is accepted', () => {
  const probe = { exec: { command: ['true'] } };
  assert.deepEqual(
    faults({
      initContainers: [
        { ...container, name: 'init' },
        { ...container, name: 'sidecar', restartPolicy: 'Always', livenessProbe: probe },
      ],
      containers: [
        { ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }], env: [{ name: 'A_B', value: '1' }] },
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    }),
    [],
  );
});

test('faults are told with their place, in the words that clients know', () => {
  const cases: readonly (readonly [Spec, string])[] = [
    [{ containers: [] }, 'spec.containers: Required value'],
    [{ containers: [{ name: '', image: 'i' }] }, 'spec.containers[0].name: Required value'],
    [{ containers: [{ name: 'c', image: '' }] }, 'spec.containers[0].image: Required value'],
    [{ containers: [container, container] }, 'spec.containers[1].name: Duplicate value: "web"'],
    [
      { containers: [{ ...container, resources: { limits: { memory: '1Gi', 'hugepages-2Mi': '3Mi' } } }] },
      'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": must be a multiple of the page size, 2Mi',
    ],
    [
      { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      { containers: [{ ...container, ports: [{ containerPort: 0 }] }] },
      'spec.containers[0].ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive',
    ],
    [
      { containers: [{ ...container, livenessProbe: {} }] },
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      { containers: [{ ...container, livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } }] },
      'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
    ],
    [
      { containers: [{ ...container, resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      { containers: [{ ...container, resources: { limits: { memory: '1e400' } } }] },
      'spec.containers[0].resources.limits[memory]: Invalid value: "10000000000000000000…": is more than there can be of anything',
    ],
    [
      { containers: [{ ...container, resources: { requests: { 'nvidia.com/gpu': '1' } } }] },
      'spec.containers[0].resources.limits[nvidia.com/gpu]: Required value: Limit must be set for non overcommitable resources',
    ],
    [
      { containers: [{ ...container, resources: { requests: { 'a.b/c': '1' }, limits: { 'a.b/c': '2' } } }] },
      'spec.containers[0].resources.requests[a.b/c]: Invalid value: "1": must be equal to a.b/c limit of 2',
    ],
    [
      { containers: [{ ...container, resources: { limits: { 'nvidia.com/gpu': '1.5' } } }] },
      'spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "1500m": must be an integer',
    ],
    [
      { containers: [{ ...container, resources: { limits: { 'godwit.dev/gpu-shares': '250' } } }] },
      'spec.containers[0].resources.limits[godwit.dev/gpu-shares]: Invalid value: "godwit.dev/gpu-shares": there is no such resource; of this name only godwit.dev/gpu-share is given out',
    ],
    [
      { containers: [container], overhead: { cpu: '-1' } },
      'spec.overhead[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      {
        containers: [container],
        topologySpreadConstraints: [
          { topologyKey: 'z', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', minDomains: -1 },
        ],
      },
      'spec.topologySpreadConstraints[0].minDomains: Invalid value: -1: must be greater than zero',
    ],
    [
      { containers: [{ ...container, resources: { limits: { cpu: '-1' } } }] },
      'spec.containers[0].resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
    [
      { volumes: [{ name: 'v', emptyDir: {}, secret: { secretName: 's' } }] },
      'spec.volumes[0].secret: Forbidden: may not specify more than 1 volume type',
    ],
    [
      { volumes: [{ name: 'v', awsElasticBlockStore: { volumeID: 'x' } }] },
      'spec.volumes[0].awsElasticBlockStore: Forbidden: this volume type is not offered here',
    ],
    [
      { tolerations: [{ operator: 'Exists', value: 'x' }] },
      'spec.tolerations[0].operator: Invalid value: "x": value must be empty when `operator` is \'Exists\'',
    ],
    [{ ephemeralContainers: [container] }, 'spec.ephemeralContainers: Forbidden: cannot be set on create'],
  ];
  for (const [spec, expected] of cases)
    assert.ok(faults(spec).includes(expected), `${expected}\n${faults(spec).join('\n')}`);
});

test('of a pod that exists, only some fields may change, and binding may place it', () => {
  const old: Spec = {};
  assert.deepEqual(faults({ containers: [{ ...container, image: 'nginx:2', imagePullPolicy: 'Always' }] }, old), []);
  assert.deepEqual(faults({ tolerations: [{ key: 'a', operator: 'Exists' }] }, old), []);
  assert.match(
    faults({ hostname: 'h' }, old)[0] ?? '',
    /^spec: Forbidden: pod updates may not change fields other than/,
  );
  assert.match(faults({ nodeName: 'h' }, old)[0] ?? '', /^spec: Forbidden/);
  assert.deepEqual(faults({ nodeName: 'h' }, old, 'binding'), []);
  assert.deepEqual(faults({ ephemeralContainers: [{ name: 'x', image: 'y' }] }, old, 'ephemeralcontainers'), []);
});

test('labels are taken from the pod or said by the selector, and either match or differ', () => {
  const spreading = (more: object) =>
    faults({
      topologySpreadConstraints: [
        { topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', matchLabelKeys: ['app'], ...more },
      ],
    });
  const field = 'spec.topologySpreadConstraints[0].matchLabelKeys';
  assert.deepEqual(spreading({ labelSelector: { matchLabels: { tier: 'web' } } }), []);
  assert.deepEqual(spreading({}), [`${field}: Forbidden: must not be specified when labelSelector is not set`]);
  for (const selector of [{ matchLabels: { app: 'a' } }, { matchExpressions: [{ key: 'app', operator: 'Exists' }] }]) {
    assert.deepEqual(spreading({ labelSelector: selector }), [
      `${field}[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector`,
    ]);
  }
  const term = { topologyKey: 'zone', labelSelector: {}, matchLabelKeys: ['app'], mismatchLabelKeys: ['app'] };
  const told = faults({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /exists in both matchLabelKeys and mismatchLabelKeys$/);
});

function cells(item: Pod): readonly unknown[] {
  return pod.columns.filter((column) => !column.priority).map((column) => column.value(item, Date.UTC(2026, 0, 1)));
}

test('STATUS says what kubectl users expect to read', () => {
  const base = { name: 'web', image: 'i', imageID: '', restartCount: 0, ready: false };
  const running = { ...base, ready: true, state: { running: {} } };
  const withStatus = (status: NonNullable<Pod['status']>, spec: Spec = {}) => podOf(spec, { status });
  assert.deepEqual(cells(withStatus({ phase: 'Pending' })), ['0/1', 'Pending', '0']);
  assert.deepEqual(cells(withStatus({ phase: 'Running', containerStatuses: [running] })), ['1/1', 'Running', '0']);
  const crashing = {
    ...base,
    restartCount: 3,
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, finishedAt: '2025-12-31T23:55:00Z' } },
  };
  assert.deepEqual(cells(withStatus({ phase: 'Running', containerStatuses: [crashing] })), [
    '0/1',
    'CrashLoopBackOff',
    '3 (5m ago)',
  ]);
  const initialising = { ...base, name: 'init', state: { running: {} } };
  const init: Spec = { initContainers: [{ name: 'init', image: 'i' }] };
  assert.equal(cells(withStatus({ phase: 'Pending', initContainerStatuses: [initialising] }, init))[1], 'Init:0/1');
  const failed = { ...base, name: 'init', state: { terminated: { exitCode: 3, reason: 'Error' } } };
  assert.equal(cells(withStatus({ phase: 'Pending', initContainerStatuses: [failed] }, init))[1], 'Init:Error');
  const completed = { ...base, state: { terminated: { exitCode: 0, reason: 'Completed' } } };
  assert.equal(cells(withStatus({ phase: 'Succeeded', containerStatuses: [completed] }))[1], 'Completed');
  assert.equal(
    cells(withStatus({ phase: 'Running', containerStatuses: [completed, { ...running, name: 'b' }] }))[1],
    'NotReady',
  );
  const leaving = withStatus({ phase: 'Running', containerStatuses: [running] });
  assert.equal(
    cells({ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })[1],
    'Terminating',
  );
});
