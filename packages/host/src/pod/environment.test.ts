import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededIds, SeededRandom, silentLog, VirtualClock } from '@godwit/base';
import type { Container, Service, Stored } from '@godwit/kinds';
import { FakeConfiguration, fakeHostFacts } from '../fake/index.ts';
import { environmentOf, serviceVariables } from './environment.ts';
import { expand } from './expand.ts';
import { examplePod } from './test-support/example-pod.ts';

const random = new SeededRandom(1);
const world = { clock: new VirtualClock(), random, ids: new SeededIds(random), log: silentLog };

function source(): FakeConfiguration {
  const configuration = new FakeConfiguration(world);
  configuration.configMaps.set('shop/settings', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { colour: 'blue', size: 'XL' },
  });
  configuration.secrets.set('shop/key', {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key' },
    data: { word: Buffer.from('s\u00e9same').toString('base64') },
  });
  return configuration;
}

const variablesOf = (container: Partial<Container>, spec = {}) => {
  const pod = examplePod(
    { ...spec, containers: [{ name: 'web', image: 'web', ...container }] },
    { labels: { app: 'a' } },
  );
  return environmentOf(pod, pod.spec.containers[0] as Container, source(), fakeHostFacts);
};

test('variables expand to those before them, and only to those', () => {
  const variables = { A: '1', B: '2' };
  assert.equal(expand('$(A)-$(B)-$(C)-$$(A)-$A', variables), '1-2-$(C)-$(A)-$A');
});

test('variables come from text, fields, resources, ConfigMaps and Secrets', async () => {
  const variables = await variablesOf({
    resources: { limits: { memory: '64Mi', cpu: '1500m' } },
    envFrom: [{ prefix: 'S_', configMapRef: { name: 'settings' } }, { secretRef: { name: 'key' } }],
    env: [
      { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'LABEL', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
      { name: 'MEMORY', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
      { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'none', optional: true } } },
      { name: 'WORD', valueFrom: { secretKeyRef: { name: 'key', key: 'word' } } },
      { name: 'TEXT', value: '$(NAME) is $(S_colour)' },
    ],
  });
  assert.deepEqual(variables, {
    S_colour: 'blue',
    S_size: 'XL',
    word: 's\u00e9same',
    NAME: 'web-0',
    LABEL: 'a',
    IP: '10.80.0.5',
    HOST: '192.0.2.1',
    MEMORY: '64',
    CPU: '2',
    COLOUR: 'blue',
    WORD: 's\u00e9same',
    TEXT: 'web-0 is blue',
  });
});

test('without a limit the resource is that of the host', async () => {
  const env = [{ name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } }];
  assert.equal((await variablesOf({ env })).CPU, '4000');
});

test('what is missing is named, unless it is optional', async () => {
  const missing = (container: Partial<Container>, message: RegExp) =>
    assert.rejects(variablesOf(container), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'configuration-error');
      assert.match(error.message, message);
      return true;
    });
  await missing({ envFrom: [{ configMapRef: { name: 'x' } }] }, /configmap "x" not found/);
  await missing({ envFrom: [{ secretRef: { name: 'x' } }] }, /secret "x" not found/);
  await missing(
    { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'x' } } }] },
    /couldn't find key x in configmap settings/,
  );
  await missing({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.x' } } }] }, /unsupported fieldPath/);
  assert.deepEqual(await variablesOf({ envFrom: [{ configMapRef: { name: 'x', optional: true } }] }), {});
});

function serviceOf(namespace: string, name: string, clusterIP: string): Stored<Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name, uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  };
}

test('services are variables: those of the namespace, and the API always', () => {
  const services = [
    serviceOf('shop', 'my-db', '10.80.128.9'),
    serviceOf('default', 'kubernetes', '10.80.128.1'),
    serviceOf('shop', 'headless', 'None'),
  ];
  const variables = serviceVariables(services, 'shop', true);
  assert.equal(variables.MY_DB_SERVICE_HOST, '10.80.128.9');
  assert.equal(variables.MY_DB_SERVICE_PORT_HTTP, '80');
  assert.equal(variables.MY_DB_PORT_80_TCP, 'tcp://10.80.128.9:80');
  assert.equal(variables.KUBERNETES_SERVICE_HOST, '10.80.128.1');
  assert.equal(variables.HEADLESS_SERVICE_HOST, undefined);
  assert.deepEqual(
    Object.keys(serviceVariables(services, 'shop', false)).filter((name) => !name.startsWith('KUBERNETES')),
    [],
  );
});
