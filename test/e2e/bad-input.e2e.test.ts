/** Whatever is asked wrongly is answered with what is wrong and where, and changes nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cause, Deployment, ResourceQuota } from '@godwit/kinds';
import { GodwitUnderTest, waitFor } from '../support/godwit.ts';
import { refusalOf, sendRaw } from '../support/raw-api.ts';

const godwit = new GodwitUnderTest();

before(() => godwit.up());
after(() => godwit.stop());

/** Creates what a manifest asks for; it must be refused, and the complaint match all patterns. */
async function refuses(manifest: string, patterns: readonly RegExp[], ...flags: string[]): Promise<void> {
  const { status, stdout, stderr } = await godwit.tryKubectl(['create', '-f', '-', ...flags], manifest);
  assert.notEqual(status, 0, stdout);
  for (const pattern of patterns) assert.match(stderr, pattern);
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const post = (path: string, body: string, contentType?: string) =>
  refusalOf(godwit.kubeconfig, path, { method: 'POST', body, ...(contentType !== undefined && { contentType }) });

describe('bodies', () => {
  test('that are no JSON or YAML are told by line and column', async () => {
    const json = await post(configMaps, '{"kind": "ConfigMap",\n  oops}');
    assert.deepEqual([json.code, json.reason], [400, 'BadRequest']);
    assert.match(json.message ?? '', /line 2, column 3/);
    const yaml = await post(configMaps, 'kind: ConfigMap\nmetadata: {name: a\n', 'application/yaml');
    assert.equal(yaml.code, 400);
    assert.match(yaml.message ?? '', /line \d+, column \d+/);
  });

  test('of 5 MB are refused, and the next request is served', async () => {
    const huge = await post(configMaps, JSON.stringify({ data: { a: 'x'.repeat(5_000_000) } }));
    assert.deepEqual([huge.code, huge.reason], [413, 'RequestEntityTooLarge']);
    assert.match(huge.message ?? '', /at most \d+ bytes/);
    const large = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'large' }, data: { a: 'x'.repeat(1.2e6) } };
    const refused = await post(configMaps, JSON.stringify(large));
    assert.deepEqual([refused.code, refused.details?.causes?.[0]?.reason], [422, 'FieldValueTooLong']);
    assert.equal((await sendRaw(godwit.kubeconfig, configMaps)).status, 200);
  });

  const unknown = `
apiVersion: v1
kind: Pod
metadata: {name: unknown}
spec: {contaners: [], containers: [{name: main, image: myapp, comand: [x]}]}`;
  test('with unknown fields are refused, warned of, or passed over, as asked', async () => {
    const fields = [/unknown field "spec\.contaners"/, /unknown field "spec\.containers\[0\]\.comand"/];
    await refuses(unknown, fields, '--validate=strict');
    const run = (validate: string) =>
      godwit.tryKubectl(['create', '-f', '-', '--dry-run=server', `--validate=${validate}`], unknown);
    const warned = await run('warn');
    assert.equal(warned.status, 0, warned.stderr);
    for (const field of fields) assert.match(warned.stderr, field);
    const ignored = await run('ignore');
    assert.deepEqual([ignored.status, ignored.stderr], [0, '']);
  });
});

describe('values', () => {
  const causes = async (path: string, object: object): Promise<string[]> => {
    const status = await post(path, JSON.stringify(object));
    assert.deepEqual([status.code, status.reason], [422, 'Invalid'], status.message);
    return (status.details?.causes ?? []).map(({ field, reason }: Cause) => `${field}: ${reason}`);
  };

  test('of wrong types and quantities are each named, in pods', async () => {
    const resources = { limits: { memory: '64Mib' } };
    const found = await causes('/api/v1/namespaces/default/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'types' },
      spec: {
        terminationGracePeriodSeconds: 'ten',
        containers: [{ name: 'main', image: 'myapp', env: {}, resources }],
      },
    });
    assert.deepEqual(found.toSorted(), [
      'spec.containers[0].env: FieldValueTypeInvalid',
      'spec.containers[0].resources.limits.memory: FieldValueInvalid',
      'spec.terminationGracePeriodSeconds: FieldValueTypeInvalid',
    ]);
  });

  test('and in virtual machines', async () => {
    const domain = { cpu: { cores: -1 }, memory: { guest: 'lots' }, devices: {} };
    const found = await causes('/apis/kubevirt.io/v1/namespaces/default/virtualmachines', {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name: 'types' },
      spec: { runStrategy: 'Sometimes', template: { spec: { domain } } },
    });
    assert.deepEqual(found.toSorted(), [
      'spec.runStrategy: FieldValueNotSupported',
      'spec.template.spec.domain.cpu.cores: FieldValueInvalid',
      'spec.template.spec.domain.memory.guest: FieldValueInvalid',
    ]);
  });

  test('a disk without a volume, and a volume that is named twice', async () => {
    const found = await causes('/apis/kubevirt.io/v1/namespaces/default/virtualmachines', {
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: { name: 'disks' },
      spec: {
        runStrategy: 'Always',
        template: {
          spec: {
            domain: { memory: { guest: '64Mi' }, devices: { disks: [{ name: 'missing', disk: {} }] } },
            volumes: [
              { name: 'twice', emptyDisk: { capacity: '1Mi' } },
              { name: 'twice', emptyDisk: { capacity: '1Mi' } },
            ],
          },
        },
      },
    });
    assert.ok(
      found.some((cause) => cause.includes('disks[0]')),
      found.join('\n'),
    );
    assert.ok(
      found.some((cause) => /volumes\[1\].*Duplicate/.test(cause)),
      found.join('\n'),
    );
  });

  test('names, labels, ports against the rules', async () => {
    await refuses(
      `
apiVersion: v1
kind: Pod
metadata: {name: Bad_Name, labels: {"a b": x, c: "-y-"}}
spec: {containers: [{name: A_B, image: "", ports: [{containerPort: 99999}]}]}`,
      [
        /metadata\.name: Invalid value: "Bad_Name".*RFC 1123/,
        /metadata\.labels: Invalid value: "a b"/,
        /metadata\.labels: Invalid value: "-y-"/,
        /containers\[0\]\.name: Invalid value: "A_B"/,
        /containers\[0\]\.image: Required/,
        /containerPort: Invalid value: 99999: must be between 1 and 65535/,
      ],
    );
  });

  test('ports and addresses that are taken or out of range', async () => {
    const service = (name: string, spec: string) =>
      `{apiVersion: v1, kind: Service, metadata: {name: ${name}}, spec: {selector: {a: b}, ${spec}}}`;
    await godwit.apply(service('first', 'type: NodePort, ports: [{port: 80, nodePort: 31999}]'));
    const taken = service('second', 'type: NodePort, ports: [{port: 80, nodePort: 31999}]');
    await refuses(taken, [/nodePort: Invalid value: 31999: provided port is already allocated/]);
    const low = service('third', 'type: NodePort, ports: [{port: 80, nodePort: 80}]');
    await refuses(low, [/nodePort: Invalid value: 80.*30000-32767/]);
    await refuses(service('fourth', 'clusterIP: 8.8.8.8, ports: [{port: 80}]'), [/8\.8\.8\.8/]);
    assert.deepEqual((await godwit.kubectl('get', 'services', '-o', 'name')).trim().split('\n').toSorted(), [
      'service/first',
      'service/kubernetes',
    ]);
  });
});

test('of two writers the slower one is told to read again, and nothing is lost', async () => {
  await godwit.kubectl('create', 'configmap', 'shared', '--from-literal=a=1');
  const old = await godwit.kubectl('get', 'configmap', 'shared', '-o', 'yaml');
  await godwit.kubectl('patch', 'configmap', 'shared', '-p', '{"data":{"a":"2"}}');
  const { status, stderr } = await godwit.tryKubectl(['replace', '-f', '-'], old.replace('"1"', '"3"'));
  assert.notEqual(status, 0);
  assert.match(stderr, /\(Conflict\).*the object has been modified; please apply your changes to the latest version/);
  assert.equal(await godwit.kubectl('get', 'configmap', 'shared', '-o', 'jsonpath={.data.a}'), '2');
  const applied = `{apiVersion: v1, kind: ConfigMap, metadata: {name: shared}, data: {a: "4"}}`;
  const apply = await godwit.tryKubectl(['apply', '--server-side', '-f', '-'], applied);
  assert.match(apply.stderr, /conflict with "kubectl-patch".*\.data\.a/);
  assert.match(apply.stderr, /--force-conflicts/);
});

test('lists that cannot be understood', async () => {
  const list = (query: string) => refusalOf(godwit.kubeconfig, `${configMaps}?${query}`);
  for (const [query, word] of [
    ['labelSelector=a+in+(b', /requirement/],
    ['fieldSelector=spec.nothing%3Dx', /spec\.nothing/],
    ['continue=broken', /continue/],
    ['limit=many', /limit/],
    ['resourceVersion=yesterday', /resourceVersion|resource version/],
  ] as const) {
    const { code, message } = await list(query);
    assert.equal(code, 400, `${query}: ${message}`);
    assert.match(message ?? '', word);
  }
  // Long is not wrong.
  const names = Array.from({ length: 3_000 }, (_, index) => `one-of-many-${index}`);
  const long = `labelSelector=${encodeURIComponent(`app in (${names.join(',')})`)}`;
  assert.equal((await sendRaw(godwit.kubeconfig, `${configMaps}?${long}`)).status, 200);
});

test('a small document that its aliases would make huge is refused at once', async () => {
  const nine = (name: string) => Array.from({ length: 9 }, () => name).join(', ');
  const lines = Array.from({ length: 8 }, (_, index) => `x${index + 1}: &x${index + 1} [${nine(`*x${index}`)}]`);
  const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\nx0: &x0 [${nine('x')}]\n${lines.join('\n')}\ndata: {a: *x8}\n`;
  const { code, message } = await post(configMaps, bomb, 'application/yaml');
  assert.equal(code, 400);
  assert.match(message ?? '', /aliases would make it too large/);
});

test('strangers, wrong tokens and users without rights are refused, and told what they lack', async () => {
  const wrong = await refusalOf(godwit.kubeconfig, '/api/v1/pods', { token: 'not-a-token' });
  assert.deepEqual([wrong.code, wrong.reason], [401, 'Unauthorized']);
  const token = (await godwit.kubectl('create', 'token', 'default')).trim();
  const [header, payload, signature = ''] = token.split('.');
  const forged = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  assert.equal((await refusalOf(godwit.kubeconfig, '/api/v1/pods', { token: forged })).code, 401);
  const known = await refusalOf(godwit.kubeconfig, '/api/v1/namespaces/default/pods', { token });
  assert.deepEqual([known.code, known.reason], [403, 'Forbidden']);
  assert.match(known.message ?? '', /"system:serviceaccount:default:default" cannot list resource "pods".*"default"/);
  const nobody = await godwit.tryKubectl(['create', 'configmap', 'x', '--as', 'nobody']);
  assert.match(nobody.stderr, /User "nobody" cannot create resource "configmaps"/);
});

describe('a small namespace', () => {
  before(async () => {
    await godwit.kubectl('create', 'namespace', 'small');
    await godwit.apply(`
apiVersion: v1
kind: ResourceQuota
metadata: {name: few, namespace: small}
spec: {hard: {pods: "1", requests.memory: 64Mi}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: modest, namespace: small}
spec: {limits: [{type: Container, max: {memory: 48Mi}, default: {memory: 16Mi}, defaultRequest: {memory: 16Mi}}]}`);
  });

  const pod = (name: string, memory?: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: small}
spec:
  containers:
  - name: main
    image: localhost/godwit-nothing:latest
    imagePullPolicy: Never
    ${memory === undefined ? '' : `resources: {limits: {memory: ${memory}}}`}`;

  test('refuses what is larger than its limits', async () => {
    await refuses(pod('large', '128Mi'), [
      /\(Forbidden\)/,
      /maximum memory usage per Container is 48Mi, but limit is 128Mi/,
    ]);
  });

  test('refuses what exceeds its quota, and counts only what is there', async () => {
    await godwit.apply(pod('one'));
    await refuses(pod('two'), [/exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1/]);
    const quota = await godwit.get<ResourceQuota>('resourcequota', 'few', 'small');
    assert.deepEqual(quota?.status?.used, { pods: '1', 'requests.memory': '16Mi' });
    await godwit.kubectl('delete', 'pod', 'one', '-n', 'small', '--timeout=180s');
    await waitFor('the quota to be free', async () => {
      const used = (await godwit.get<ResourceQuota>('resourcequota', 'few', 'small'))?.status?.used;
      return used?.pods === '0';
    });
  });

  test('a Deployment tells why its pods are not made', async () => {
    await godwit.kubectl('create', 'deployment', 'many', '-n', 'small', '--image=localhost/x', '--replicas=3');
    const failure = await waitFor('the condition', async () => {
      const deployment = await godwit.get<Deployment>('deployment', 'many', 'small');
      return deployment?.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    });
    assert.match(failure.message ?? '', /exceeded quota: few/);
    await waitFor('an event', async () =>
      /FailedCreate.*exceeded quota/.test(await godwit.kubectl('get', 'events', '-n', 'small')),
    );
  });

  test('goes as a whole', async () => {
    await godwit.kubectl('delete', 'namespace', 'small', '--timeout=180s');
  });
});
