import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Door, KubeObject } from '@godwit/kinds';
import { judgeBy } from '../operations/testing/judge-by.ts';
import type { Loose } from '../operations/testing/loose.ts';
import { configMap, configMaps, openDoor, pod, pods } from '../operations/testing/open-door.ts';

const core = (plural: string, namespace?: string) => ({
  group: '',
  version: 'v1',
  plural,
  ...(namespace !== undefined && { namespace }),
});

async function make(door: Door, plural: string, body: object, namespace?: string): Promise<Loose> {
  return door.create(core(plural, namespace), body);
}

test('nothing is made in a namespace that is missing or going', async () => {
  const { door } = await openDoor();
  const elsewhere = { ...configMaps, namespace: 'team' };
  await assert.rejects(door.create(elsewhere, configMap('a')), {
    code: 'NotFound',
    message: 'namespaces "team" not found',
  });
  await make(door, 'namespaces', { metadata: { name: 'team' } });
  await door.create(elsewhere, configMap('a'));
  const marked = await door.delete({ ...core('namespaces'), name: 'team' });
  assert.equal(marked.deleted, false);
  await assert.rejects(door.create(elsewhere, configMap('b')), (error: Loose) => {
    assert.equal(error.code, 'Forbidden');
    assert.equal(error.statusDetails.causes[0].reason, 'NamespaceTerminating');
    return true;
  });
  const namespace: Loose = await door.get({ ...core('namespaces'), name: 'team' });
  assert.equal(namespace.status.phase, 'Terminating');
  const done = { ...namespace, spec: { finalizers: [] } };
  await door.update({ ...core('namespaces'), name: 'team', subresource: 'finalize' }, done);
  await assert.rejects(door.get({ ...core('namespaces'), name: 'team' }), { code: 'NotFound' });
  await assert.rejects(door.delete({ ...core('namespaces'), name: 'default' }), { code: 'Forbidden' });
});

test('a namespace begins with its service account, and pods act as one that exists', async () => {
  const { door } = await openDoor({
    rootCertificate: 'PEM',
    tokens: { issuer: '', defaultAudience: '', keys: {}, issue: () => Promise.reject(), verify: async () => undefined },
  });
  assert.ok(await door.get({ ...core('serviceaccounts', 'default'), name: 'default' }));
  assert.ok(await door.get({ ...configMaps, name: 'kube-root-ca.crt' }));
  const made: Loose = await door.create(pods, pod('web'));
  assert.equal(made.spec.serviceAccountName, 'default');
  const [mount] = made.spec.containers[0].volumeMounts;
  assert.equal(mount.mountPath, '/var/run/secrets/kubernetes.io/serviceaccount');
  assert.equal(made.spec.volumes[0].name, mount.name);
  const silent: Loose = await door.create(pods, pod('silent', {}, { automountServiceAccountToken: false }));
  assert.equal(silent.spec.volumes, undefined);
  await assert.rejects(door.create(pods, pod('ghost', {}, { serviceAccountName: 'nobody' })), { code: 'Forbidden' });
});

test('limit ranges fill and bound the resources of containers', async () => {
  const { door } = await openDoor();
  const limits = [
    {
      type: 'Container',
      default: { cpu: '500m', memory: '256Mi' },
      defaultRequest: { cpu: '100m' },
      max: { cpu: '2' },
    },
  ];
  await make(door, 'limitranges', { metadata: { name: 'bounds' }, spec: { limits } }, 'default');
  const made: Loose = await door.create(pods, pod('web'));
  assert.deepEqual(made.spec.containers[0].resources, {
    limits: { cpu: '500m', memory: '256Mi' },
    requests: { cpu: '100m', memory: '256Mi' },
  });
  assert.equal(made.status.qosClass, 'Burstable');
  const containers = [{ name: 'main', image: 'a:b', resources: { limits: { cpu: '3' } } }];
  await assert.rejects(door.create(pods, pod('large', {}, { containers })), (error: Loose) => {
    assert.equal(error.code, 'Forbidden');
    assert.match(error.message, /maximum cpu usage per Container is 2, but limit is 3/);
    return true;
  });
  const resize = (cpu: string) =>
    door.patch(
      { ...pods, name: 'web', subresource: 'resize' },
      { type: 'strategic', body: { spec: { containers: [{ name: 'main', resources: { limits: { cpu } } }] } } },
    );
  await assert.rejects(resize('3'), { code: 'Forbidden' });
  const resized: Loose = await resize('2');
  assert.equal(resized.spec.containers[0].resources.limits.cpu, '2');
});

test('a quota is counted with what it counts, refuses what is too much, and frees what goes', async () => {
  const { door } = await openDoor();
  await door.create(pods, pod('early'));
  const hard = { pods: '3', 'count/configmaps': '20' };
  await make(door, 'resourcequotas', { metadata: { name: 'few' }, spec: { hard } }, 'default');
  const quota = async (): Promise<Loose> =>
    ((await door.get({ ...core('resourcequotas', 'default'), name: 'few' })) as Loose).status;
  assert.equal((await quota()).used.pods, '1');
  const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => door.create(pods, pod(name))));
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 2);
  const refused = results.find((result) => result.status === 'rejected') as PromiseRejectedResult;
  assert.equal(refused.reason.code, 'Forbidden');
  assert.match(refused.reason.message, /exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3/);
  assert.deepEqual((await quota()).used.pods, '3');
  await door.delete({ ...pods, name: 'early' });
  assert.equal((await quota()).used.pods, '2');
  const free = results.findIndex((result) => result.status === 'fulfilled');
  const name = ['a', 'b', 'c', 'd'][free] as string;
  await door.patch(
    { ...pods, name, subresource: 'status' },
    { type: 'merge', body: { status: { phase: 'Succeeded' } } },
  );
  assert.equal((await quota()).used.pods, '1');
  await door.create(configMaps, configMap('counted'));
  assert.equal((await quota()).used['count/configmaps'], '1');
  await door.create(pods, pod('dry'), { dryRun: true });
  assert.equal((await quota()).used.pods, '1');
});

test('a quota of computing needs to be told how much', async () => {
  const { door } = await openDoor();
  const hard = { 'requests.cpu': '1' };
  await make(door, 'resourcequotas', { metadata: { name: 'cpu' }, spec: { hard } }, 'default');
  await assert.rejects(door.create(pods, pod('web')), /must specify requests.cpu for: main/);
  const containers = (cpu: string) => [{ name: 'main', image: 'a:b', resources: { requests: { cpu } } }];
  await door.create(pods, pod('web', {}, { containers: containers('600m') }));
  await assert.rejects(door.create(pods, pod('more', {}, { containers: containers('500m') })), { code: 'Forbidden' });
});

test('priority comes from the class, storage class from the default', async () => {
  const { door } = await openDoor();
  const classes = { group: 'scheduling.k8s.io', version: 'v1', plural: 'priorityclasses' };
  await door.create(classes, { metadata: { name: 'high' }, value: 1000 });
  const made: Loose = await door.create(pods, pod('web', {}, { priorityClassName: 'high' }));
  assert.equal(made.spec.priority, 1000);
  await assert.rejects(door.create(pods, pod('none', {}, { priorityClassName: 'missing' })), { code: 'Forbidden' });
  await assert.rejects(door.create(pods, pod('own', {}, { priority: 5 })), { code: 'Forbidden' });
  const torn = { priorityClassName: 'high', preemptionPolicy: 'Never' };
  await assert.rejects(door.create(pods, pod('torn', {}, torn)), {
    code: 'Forbidden',
    message: /PreemptionPolicy \(Never\) must not be provided in pod spec; its class makes it PreemptLowerPriority/,
  });
  const instances = { group: 'kubevirt.io', version: 'v1', plural: 'virtualmachineinstances', namespace: 'default' };
  const instance = (priorityClassName: string) => ({
    metadata: { generateName: 'vm-' },
    spec: { priorityClassName, domain: { devices: {}, memory: { guest: '64Mi' } } },
  });
  await assert.rejects(door.create(instances, instance('missing')), {
    code: 'Forbidden',
    message: /no PriorityClass with name missing was found/,
  });
  await door.create(instances, instance('high'));
  const byDefault = (name: string) => door.create(classes, { metadata: { name }, value: 7, globalDefault: true });
  const defaults = await Promise.allSettled([byDefault('one'), byDefault('other')]);
  const [refused, ...others] = defaults.filter((result) => result.status === 'rejected');
  assert.deepEqual([refused?.reason.code, others.length], ['Forbidden', 0]);
  assert.match(refused?.reason.message, /Only one default can exist/);
  assert.equal(((await door.create(pods, pod('usual'))) as Loose).spec.priority, 7);
  const storage = { group: 'storage.k8s.io', version: 'v1', plural: 'storageclasses' };
  const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
  await door.create(storage, { metadata: { name: 'local', annotations }, provisioner: 'local.godwit.dev' });
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claim: Loose = await make(door, 'persistentvolumeclaims', { metadata: { name: 'data' }, spec }, 'default');
  assert.equal(claim.spec.storageClassName, 'local');
});

async function withNetwork(): Promise<{ door: Door; addresses: () => Promise<readonly string[]> }> {
  const { door } = await openDoor();
  const spec = {
    subnet: '10.80.0.0/28',
    gateway: '10.80.0.1',
    serviceSubnet: '10.80.128.0/28',
    loadBalancerRange: '10.80.192.0/29',
    dnsDomain: 'cluster.local',
  };
  await door.create(
    { group: 'godwit.dev', version: 'v1alpha1', plural: 'networks' },
    { metadata: { name: 'default' }, spec },
  );
  const list = { group: 'networking.k8s.io', version: 'v1', plural: 'ipaddresses' };
  return { door, addresses: async () => (await door.list(list)).items.map((item) => item.metadata.name) };
}

function service(name: string, spec: object = {}): KubeObject {
  return {
    metadata: { name },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  } as unknown as KubeObject;
}

test('services get addresses and node ports, keep them, and give them back', async () => {
  const { door, addresses } = await withNetwork();
  const services = core('services', 'default');
  const plain: Loose = await door.create(services, service('plain'));
  assert.equal(plain.spec.clusterIP, '10.80.128.1');
  assert.deepEqual(plain.spec.clusterIPs, ['10.80.128.1']);
  const balanced: Loose = await door.create(services, service('balanced', { type: 'LoadBalancer' }));
  const [port] = balanced.spec.ports;
  assert.ok(port.nodePort >= 30_000 && port.nodePort <= 32_767);
  assert.deepEqual(await addresses(), ['10.80.128.1', '10.80.128.2', '10.80.192.1']);
  const kept: Loose = await door.update(
    { ...services, name: 'balanced' },
    service('balanced', { type: 'LoadBalancer' }),
  );
  assert.equal(kept.spec.clusterIP, balanced.spec.clusterIP);
  assert.equal(kept.spec.ports[0].nodePort, port.nodePort);
  await assert.rejects(door.create(services, service('taken', { clusterIP: '10.80.128.1' })), { code: 'Invalid' });
  await assert.rejects(
    door.create(services, service('port', { type: 'NodePort', ports: [{ port: 80, nodePort: port.nodePort }] })),
    { code: 'Invalid' },
  );
  const inside: Loose = await door.update(
    { ...services, name: 'balanced' },
    service('balanced', { type: 'ClusterIP' }),
  );
  assert.equal(inside.spec.ports[0].nodePort, undefined);
  assert.deepEqual(await addresses(), ['10.80.128.1', '10.80.128.2']);
  await door.create(services, service('port', { type: 'NodePort', ports: [{ port: 80, nodePort: port.nodePort }] }));
  await door.delete({ ...services, name: 'balanced' });
  await door.delete({ ...services, name: 'plain' });
  assert.equal((await addresses()).length, 1);
});

test('many services at once never share an address', async () => {
  const { door, addresses } = await withNetwork();
  const services = core('services', 'default');
  const names = Array.from({ length: 13 }, (_, index) => `s-${index}`);
  await Promise.all(names.map((name) => door.create(services, service(name))));
  assert.equal(new Set(await addresses()).size, 13);
  await door.create(services, service('last'));
  await assert.rejects(door.create(services, service('none')), { code: 'ServiceUnavailable' });
  await door.delete({ ...services, name: 's-3' });
  assert.ok(await door.create(services, service('again')));
});

function binding(name: string, node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
}

test('binding gives a pod its node and its address, and its end gives the address back', async () => {
  const { door, addresses } = await withNetwork();
  await door.create(pods, pod('web'));
  await door.create({ ...pods, name: 'web', subresource: 'binding' }, binding('web', 'n1'));
  const bound: Loose = await door.get({ ...pods, name: 'web' });
  assert.equal(bound.spec.nodeName, 'n1');
  const [address] = JSON.parse(bound.metadata.annotations['network.godwit.dev/addresses']);
  assert.equal(address.ip, '10.80.0.2');
  assert.equal(address.mac, '0a:58:0a:50:00:02');
  assert.equal(address.prefixLength, 28);
  await assert.rejects(door.create({ ...pods, name: 'web', subresource: 'binding' }, binding('web', 'n2')), {
    code: 'Conflict',
  });
  await door.delete({ ...pods, name: 'web' }, { gracePeriodSeconds: 0 });
  assert.deepEqual(await addresses(), []);
});

test('two who bind to one node cannot both take its last place', async () => {
  const { door } = await openDoor({
    allocations: judgeBy(({ others }) => (others.length >= 2 ? ['no room'] : [])),
  });
  await make(door, 'nodes', { metadata: { name: 'n1' } });
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) await door.create(pods, pod(name));
  const results = await Promise.allSettled(
    names.map((name) => door.create({ ...pods, name, subresource: 'binding' }, binding(name, 'n1'))),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 2);
  await assert.rejects(door.create({ ...pods, name: 'a', subresource: 'binding' }, binding('a', 'n2')));
});
