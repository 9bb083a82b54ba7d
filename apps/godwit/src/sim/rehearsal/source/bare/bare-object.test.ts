import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { bareObject } from './bare-object.ts';

const SECRET = 'hunter2';

const container = {
  name: 'main',
  image: 'shop:1',
  command: ['run', SECRET],
  args: [SECRET],
  env: [{ name: 'PASSWORD', value: SECRET }],
  envFrom: [{ secretRef: { name: SECRET } }],
  resources: { requests: { cpu: '1' } },
  ports: [{ containerPort: 80, hostPort: 8080 }],
  readinessProbe: { httpGet: { path: `/${SECRET}`, port: 80 }, initialDelaySeconds: 7 },
  livenessProbe: { exec: { command: [SECRET] } },
  lifecycle: { preStop: { exec: { command: [SECRET] } } },
  volumeMounts: [
    { name: 'data', mountPath: '/data' },
    { name: 'secret', mountPath: `/${SECRET}` },
  ],
};

const podSpec = {
  nodeName: 'host-1',
  priority: 7,
  tolerations: [{ operator: 'Exists' }],
  imagePullSecrets: [{ name: SECRET }],
  containers: [container],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'secret', secret: { secretName: SECRET } },
  ],
};

const instanceSpec = {
  domain: {
    cpu: { cores: 2, dedicatedCpuPlacement: true },
    memory: { guest: '1Gi' },
    firmware: { kernelBoot: { kernelArgs: SECRET } },
    devices: { gpus: [{ name: 'a', deviceName: 'x/gpu' }], disks: [{ name: 'data' }, { name: 'init' }] },
  },
  accessCredentials: [{ userPassword: { source: { secret: { secretName: SECRET } } } }],
  volumes: [
    { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
    { name: 'init', cloudInitNoCloud: { userData: SECRET } },
  ],
};

const metadata = {
  name: 'x',
  uid: 'u',
  labels: { app: 'x' },
  annotations: {
    'kubectl.kubernetes.io/last-applied-configuration': SECRET,
    'metrics.godwit.dev/jobs': `http://me:${SECRET}@x/`,
    'my.company/token': SECRET,
    'godwit.dev/watts': '1,2',
  },
  managedFields: [{ fieldsV1: { [SECRET]: {} } }],
};

const objectOf = (kind: string, body: object) =>
  ({ apiVersion: 'v1', kind, metadata, ...body }) as unknown as KubeObject;
const template = (spec: object) => ({ metadata, spec });

const OBJECTS: readonly KubeObject[] = [
  objectOf('Pod', {
    spec: podSpec,
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      message: SECRET,
      containerStatuses: [
        {
          name: 'main',
          restartCount: 2,
          ready: true,
          state: { running: {} },
          lastState: { terminated: { message: SECRET } },
        },
      ],
    },
  }),
  objectOf('Deployment', { spec: { replicas: 2, template: template(podSpec) } }),
  objectOf('ReplicaSet', { spec: { replicas: 2, template: template(podSpec) } }),
  objectOf('VirtualMachineInstance', {
    spec: instanceSpec,
    status: {
      phase: 'Running',
      nodeName: 'host-1',
      interfaces: [{ ipAddress: SECRET }],
      guestOSInfo: { name: SECRET },
    },
  }),
  objectOf('VirtualMachine', {
    spec: {
      template: template(instanceSpec),
      dataVolumeTemplates: [{ metadata, spec: { source: { http: { url: `http://me:${SECRET}@x/` } } } }],
    },
  }),
  objectOf('VirtualMachinePool', { spec: { virtualMachineTemplate: template({ template: template(instanceSpec) }) } }),
  objectOf('VirtualMachineInstanceReplicaSet', { spec: { template: template(instanceSpec) } }),
  objectOf('DataVolume', { spec: { source: { registry: { secretRef: SECRET } } }, status: { phase: 'Succeeded' } }),
  objectOf('PersistentVolumeClaim', {
    metadata: { ...metadata, annotations: { 'godwit.dev/fill': SECRET } },
    status: { conditions: [{ type: 'Resizing', status: 'True', message: SECRET }] },
  }),
  objectOf('ElasticPolicy', { spec: { metrics: [{ prometheus: { url: `https://me:${SECRET}@prometheus/` } }] } }),
  objectOf('ServiceAccount', { secrets: [{ name: SECRET }], imagePullSecrets: [{ name: SECRET }] }),
  objectOf('Node', { status: { allocatable: { cpu: '4' }, addresses: [{ type: 'InternalIP', address: SECRET }] } }),
];

test('nothing that may be a secret is left of any object', () => {
  for (const object of OBJECTS)
    assert.doesNotMatch(JSON.stringify(bareObject(object)), new RegExp(SECRET), object.kind);
});

test('what decides where machines are is left, and being bare twice is being bare once', () => {
  const [pod, , , instance] = OBJECTS.map(bareObject) as unknown as Record<string, Record<string, unknown>>[];
  assert.deepEqual(Object.keys(pod?.spec ?? {}).toSorted(), [
    'containers',
    'nodeName',
    'priority',
    'tolerations',
    'volumes',
  ]);
  const text = JSON.stringify(pod);
  for (const kept of ['"hostPort":8080', '"claimName":"data"', '"initialDelaySeconds":7', '"restartCount":2', '1,2'])
    assert.ok(text.includes(kept), kept);
  const told = JSON.stringify(instance);
  for (const kept of ['dedicatedCpuPlacement', 'x/gpu', '"claimName":"data"', '"nodeName":"host-1"'])
    assert.ok(told.includes(kept), kept);
  for (const object of OBJECTS) assert.deepEqual(bareObject(bareObject(object)), bareObject(object), object.kind);
});
