import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withEveryKubectl } from './support/every-kubectl.ts';
import type { KubectlSession } from './support/kubectl-session.ts';

interface Thing {
  readonly metadata: {
    readonly uid: string;
    readonly generation?: number;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[];
  };
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly replicas: number;
    readonly paused?: boolean;
    readonly template: {
      readonly metadata: { readonly annotations?: Record<string, string> };
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
  };
}

function configMap(name: string, data: Record<string, string>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

function deployment(name: string, images: Record<string, string>, replicas?: number): string {
  const lines = Object.entries(images).map(([container, image]) => `      - {name: ${container}, image: "${image}"}`);
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
${replicas === undefined ? '' : `  replicas: ${replicas}\n`}  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
${lines.join('\n')}
`;
}

const deploymentOf = (session: KubectlSession, name: string) => session.json<Thing>(['get', 'deployment', name]);
const imagesOf = (thing: Thing) =>
  Object.fromEntries(thing.spec.template.spec.containers.map(({ name, image }) => [name, image]));

withEveryKubectl('writing', {
  async 'create, from a file and by generators'(session) {
    assert.match(await session.ok(['create', '-f', '-'], configMap('made', { a: '1' })), /configmap\/made created/);
    assert.match(await session.refused(['create', '-f', '-'], configMap('made', {})), /AlreadyExists.*already exists/);
    await session.ok(['create', 'configmap', 'literal', '--from-literal=key=value']);
    await session.ok(['create', 'secret', 'generic', 'hidden', '--from-literal=password=x']);
    await session.ok(['create', 'deployment', 'generated', '--image=web:1', '--replicas=2']);
    await session.ok(['create', 'service', 'clusterip', 'generated', '--tcp=80:8080']);
    await session.ok(['create', 'serviceaccount', 'robot']);
    await session.ok(['create', 'role', 'reader', '--verb=get,list', '--resource=pods,configmaps']);
    await session.ok(['create', 'rolebinding', 'reads', '--role=reader', '--user=anna']);
    const secret = await session.json<Thing>(['get', 'secret', 'hidden']);
    assert.equal(secret.data?.password, Buffer.from('x').toString('base64'));
    assert.equal((await deploymentOf(session, 'generated')).spec.replicas, 2);
  },

  async 'dry runs store nothing'(session) {
    const made = await session.ok(['create', '-f', '-', '--dry-run=server', '-o', 'name'], configMap('ghost', {}));
    assert.match(made, /configmap\/ghost/);
    assert.match(await session.refused(['get', 'configmap', 'ghost']), /NotFound/);
    await session.ok(['apply', '-f', '-', '--dry-run=server'], configMap('ghost', {}));
    await session.ok(['apply', '--server-side', '-f', '-', '--dry-run=server'], configMap('ghost', {}));
    assert.match(await session.refused(['get', 'configmap', 'ghost']), /NotFound/);
  },

  async 'apply merges containers by name, and takes away what it once set'(session) {
    const first = deployment('merged', { web: 'web:1', log: 'log:1' }, 2);
    assert.match(await session.ok(['apply', '-f', '-'], first), /created/);
    assert.match(await session.ok(['apply', '-f', '-'], first), /unchanged/);
    // Somebody else adds a container: apply must leave it alone.
    const extra = JSON.stringify({ spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } });
    await session.ok(['patch', 'deployment', 'merged', '-p', extra]);
    await session.ok(['apply', '-f', '-'], deployment('merged', { web: 'web:2' }));
    const thing = await deploymentOf(session, 'merged');
    assert.deepEqual(imagesOf(thing), { web: 'web:2', side: 's:1' });
    assert.equal(thing.spec.replicas, 1);
  },

  async 'diff shows what would change, and only then fails'(session) {
    await session.ok(['apply', '-f', '-'], configMap('compared', { a: '1' }));
    assert.equal((await session.run(['diff', '-f', '-'], configMap('compared', { a: '1' }))).status, 0);
    const changed = await session.run(['diff', '-f', '-'], configMap('compared', { a: '2' }));
    assert.equal(changed.status, 1, changed.stderr);
    assert.match(changed.stdout, /-\s+a: "1"\n\+\s+a: "2"/);
    const serverSide = await session.run(['diff', '--server-side', '-f', '-'], configMap('compared-2', { a: '2' }));
    assert.equal(serverSide.status, 1, serverSide.stderr);
  },

  async 'apply --server-side knows who manages what'(session) {
    const apply = (manager: string, data: Record<string, string>, ...more: string[]) => [
      ['apply', '--server-side', '-f', '-', `--field-manager=${manager}`, ...more],
      configMap('shared', data),
    ];
    const as = async (manager: string, data: Record<string, string>, ...more: string[]) => {
      const [args, input] = apply(manager, data, ...more) as [string[], string];
      return session.run(args, input);
    };
    assert.equal((await as('anna', { a: '1' })).status, 0);
    assert.equal((await as('ben', { b: '1' })).status, 0);
    const conflict = await as('ben', { a: '2', b: '1' });
    assert.notEqual(conflict.status, 0);
    assert.match(conflict.stderr, /conflict.*"anna".*\n?.*\.data\.a/s);
    assert.equal((await as('ben', { a: '2', b: '1' }, '--force-conflicts')).status, 0);
    assert.equal((await as('ben', { b: '1' })).status, 0);
    const thing = await session.json<Thing>(['get', 'configmap', 'shared', '--show-managed-fields']);
    assert.deepEqual(thing.data, { b: '1' });
    assert.ok(
      thing.metadata.managedFields?.some(({ manager, operation }) => manager === 'ben' && operation === 'Apply'),
    );
  },

  async 'three kinds of patch, and the scale and status subresources'(session) {
    await session.ok(['create', '-f', '-'], deployment('patched', { web: 'web:1', log: 'log:1' }));
    const patch = (type: string, body: unknown, ...more: string[]) =>
      session.ok(['patch', 'deployment', 'patched', `--type=${type}`, '-p', JSON.stringify(body), ...more]);
    await patch('strategic', { spec: { template: { spec: { containers: [{ name: 'log', $patch: 'delete' }] } } } });
    assert.deepEqual(imagesOf(await deploymentOf(session, 'patched')), { web: 'web:1' });
    await patch('json', [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'web:2' }]);
    assert.deepEqual(imagesOf(await deploymentOf(session, 'patched')), { web: 'web:2' });
    await patch('merge', { spec: { paused: true }, metadata: { labels: { app: null } } });
    const thing = await deploymentOf(session, 'patched');
    assert.equal(thing.spec.paused, true);
    assert.deepEqual(thing.metadata.labels ?? {}, {});
    await patch('merge', { status: { observedGeneration: 7, replicas: 1 } }, '--subresource=status');
    const observed = await session.ok(['get', 'deployment', 'patched', '-o', 'jsonpath={.status.observedGeneration}']);
    assert.equal(observed, '7');
  },

  async 'edit with an editor'(session, api) {
    await session.ok(['create', '-f', '-'], configMap('edited', { a: 'before' }));
    const editor = join(api.folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i s/before/after/ "$1"\n');
    chmodSync(editor, 0o755);
    assert.match(await session.ok(['edit', 'configmap', 'edited'], '', { EDITOR: editor }), /edited/);
    assert.equal((await session.json<Thing>(['get', 'configmap', 'edited'])).data?.a, 'after');
  },

  async 'replace, label and annotate'(session) {
    await session.ok(['create', '-f', '-'], configMap('replaced', { a: '1', b: '2' }));
    const { metadata } = await session.json<Thing>(['get', 'configmap', 'replaced']);
    await session.ok(['replace', '-f', '-'], configMap('replaced', { c: '3' }));
    assert.deepEqual((await session.json<Thing>(['get', 'configmap', 'replaced'])).data, { c: '3' });
    await session.ok(['replace', '--force', '-f', '-'], configMap('replaced', { d: '4' }));
    const after = await session.json<Thing>(['get', 'configmap', 'replaced']);
    assert.notEqual(after.metadata.uid, metadata.uid);
    await session.ok(['label', 'configmap', 'replaced', 'tier=back', 'keep=yes']);
    assert.match(await session.refused(['label', 'configmap', 'replaced', 'tier=front']), /overwrite/);
    await session.ok(['label', 'configmap', 'replaced', 'tier=front', '--overwrite']);
    await session.ok(['label', 'configmap', 'replaced', 'keep-']);
    await session.ok(['annotate', 'configmap', 'replaced', 'why=because']);
    const labelled = (await session.json<Thing>(['get', 'configmap', 'replaced'])).metadata;
    assert.deepEqual([labelled.labels, labelled.annotations?.why], [{ tier: 'front' }, 'because']);
  },

  async 'scale and rollout'(session) {
    await session.ok(['create', '-f', '-'], deployment('rolled', { web: 'web:1' }));
    await session.ok(['scale', 'deployment', 'rolled', '--replicas=5']);
    assert.match(
      await session.refused(['scale', 'deployment', 'rolled', '--current-replicas=2', '--replicas=3']),
      /replicas/,
    );
    assert.equal((await deploymentOf(session, 'rolled')).spec.replicas, 5);
    await session.ok(['set', 'image', 'deployment/rolled', 'web=web:2']);
    await session.ok(['set', 'env', 'deployment/rolled', 'MODE=test']);
    await session.ok(['rollout', 'pause', 'deployment/rolled']);
    await session.ok(['rollout', 'resume', 'deployment/rolled']);
    await session.ok(['rollout', 'restart', 'deployment/rolled']);
    const thing = await deploymentOf(session, 'rolled');
    assert.deepEqual(imagesOf(thing), { web: 'web:2' });
    assert.ok(thing.spec.template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt']);
    assert.equal(thing.metadata.generation, 7);
    await session.ok(['autoscale', 'deployment', 'rolled', '--max=3', '--dry-run=client', '-o', 'yaml']);
  },

  async 'delete, with what an object owns or without it'(session) {
    for (const cascade of ['background', 'orphan', 'foreground']) {
      const name = `gone-${cascade}`;
      await session.ok(['create', '-f', '-'], configMap(name, {}));
      const out = await session.ok(['delete', 'configmap', name, `--cascade=${cascade}`, '--wait=false']);
      assert.match(out, /deleted/);
    }
    for (const name of ['one', 'two']) {
      await session.ok(['create', 'configmap', name]);
      await session.ok(['label', 'configmap', name, 'batch=x']);
    }
    await session.ok(['delete', 'configmap', '-l', 'batch=x']);
    assert.equal(await session.ok(['get', 'configmap', '-l', 'batch=x', '-o', 'name']), '');
    assert.match(await session.refused(['delete', 'configmap', 'one']), /NotFound/);
    await session.ok(['delete', 'configmap', 'one', '--ignore-not-found']);
  },

  async 'unknown fields are refused, or warned of when that is asked for'(session) {
    const typo = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"typo"},"daat":{"a":"1"}}';
    assert.match(await session.refused(['create', '-f', '-'], typo), /unknown field "daat"/);
    const warned = await session.run(['create', '-f', '-', '--validate=warn'], typo);
    assert.equal(warned.status, 0, warned.stderr);
    assert.match(warned.stderr, /Warning: unknown field "daat"/);
  },

  async 'what is wrong with an object is told field by field'(session) {
    const wrong = deployment('Wrong_Name', { web: '' }).replace(
      'matchLabels: {app: Wrong_Name}',
      'matchLabels: {app: other}',
    );
    const message = await session.refused(['create', '-f', '-'], wrong);
    assert.match(message, /metadata\.name/);
    assert.match(await session.refused(['create', '-f', '-'], 'kind: Pod\nmetadata: {name: x}\n'), /apiVersion/);
    const type = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'typed' }, data: { a: 1 } });
    assert.match(await session.refused(['create', '-f', '-', '--validate=false'], type), /data|string/);
  },
});
