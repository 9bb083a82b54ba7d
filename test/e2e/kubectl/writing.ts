/** Objects without machines: made, applied, compared, changed in every way that kubectl has. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configMap, type Step, type Thing } from './step.ts';

export const writing: Readonly<Record<string, Step>> = {
  async 'create, by its generators and from files'(session, { folder }) {
    const create = (...args: string[]) => session.ok(['create', ...args]);
    assert.equal(await create('configmap', 'settings', '--from-literal=a=1'), 'configmap/settings created\n');
    writeFileSync(join(folder, 'words.txt'), 'hello\n');
    await create('configmap', 'files', `--from-file=${join(folder, 'words.txt')}`);
    assert.deepEqual((await session.json<Thing>(['get', 'configmap', 'files'])).data, { 'words.txt': 'hello\n' });
    await create('secret', 'generic', 'hidden', '--from-literal=password=x');
    assert.equal((await session.json<Thing>(['get', 'secret', 'hidden'])).data?.password, 'eA==');
    const registry = ['--docker-server=r.example', '--docker-username=u', '--docker-password=p'];
    await create('secret', 'docker-registry', 'pulling', ...registry);
    assert.equal(await create('serviceaccount', 'worker'), 'serviceaccount/worker created\n');
    assert.match(await create('token', 'worker', '--duration=10m'), /^[\w-]+\.[\w-]+\.[\w-]+\n?$/);
    await create('role', 'reader', '--verb=get,list', '--resource=configmaps,deployments.apps');
    await create('rolebinding', 'workers-read', '--role=reader', `--serviceaccount=${session.namespace}:worker`);
    await create('clusterrole', session.namespace, '--verb=get', '--resource=nodes');
    await create('clusterrolebinding', session.namespace, `--clusterrole=${session.namespace}`, '--user=anna');
    await create('quota', 'bounds', '--hard=pods=40,configmaps=50');
    await create('priorityclass', session.namespace, '--value=10', '--description=ours');
    await create('poddisruptionbudget', 'some', '--selector=app=none', '--min-available=1');
    await create('service', 'clusterip', 'inner', '--tcp=80:8080');
    await create('service', 'nodeport', 'outer', '--tcp=80:8080');
    await create('service', 'externalname', 'elsewhere', '--external-name=example.org');
    assert.match(
      await session.ok(['get', 'services']),
      /elsewhere +ExternalName +<none> +example\.org[^]*inner +ClusterIP +10\.[^]*outer +NodePort +10\.\S+ +<none> +80:\d+\/TCP/,
    );
    assert.match(await session.refused(['create', 'configmap', 'settings']), /configmaps "settings" already exists/);
    await session.ok(['delete', 'clusterrole,clusterrolebinding,priorityclass', session.namespace]);
  },

  async 'what is not served is told as such'(session) {
    const foo = '{"apiVersion":"foo.dev/v1","kind":"Foo","metadata":{"name":"x"}}';
    assert.match(
      await session.refused(['create', '-f', '-'], foo),
      /no matches for kind "Foo" in version "foo.dev\/v1"/,
    );
    assert.match(await session.refused(['get', 'foos']), /the server doesn't have a resource type "foos"/);
    assert.match(await session.refused(['create', 'job', 'x', '--image=x']), /could not find the requested resource/);
  },

  async 'apply, on the client and on the server'(session) {
    const apply = (data: Record<string, string>, ...more: string[]) =>
      session.run(['apply', '-f', '-', ...more], configMap('applied', data));
    assert.match((await apply({ a: '1', b: '1' })).stdout, /applied created/);
    assert.match((await apply({ a: '1', b: '1' })).stdout, /applied unchanged/);
    assert.match((await apply({ a: '2' })).stdout, /applied configured/);
    const applied = await session.json<Thing>(['get', 'configmap', 'applied']);
    assert.deepEqual(applied.data, { a: '2' });
    assert.match(await session.ok(['apply', 'view-last-applied', 'configmap/applied']), /a: "2"/);
    const onServer = (manager: string, data: Record<string, string>, ...more: string[]) =>
      session.run(
        ['apply', '--server-side', '-f', '-', `--field-manager=${manager}`, ...more],
        configMap('shared', data),
      );
    assert.match((await onServer('anna', { a: '1' })).stdout, /shared serverside-applied/);
    const conflict = await onServer('ben', { a: '2' });
    assert.equal(conflict.status, 1);
    assert.match(conflict.stderr, /Apply failed with 1 conflict: conflict with "anna": \.data\.a/);
    assert.equal((await onServer('ben', { a: '2' }, '--force-conflicts')).status, 0);
    const shared = await session.json<Thing>(['get', 'configmap', 'shared', '--show-managed-fields']);
    assert.deepEqual(shared.data, { a: '2' });
    assert.ok(
      shared.metadata.managedFields?.some(({ manager, operation }) => `${manager} ${operation}` === 'ben Apply'),
    );
  },

  async 'apply -k, and a set of objects that shrinks'(session, { folder }) {
    const base = join(folder, session.namespace);
    mkdirSync(base);
    const write = (names: readonly string[]) => {
      for (const name of names) writeFileSync(join(base, `${name}.yaml`), configMap(name, { from: 'kustomize' }));
      const lines = [`resources: [${names.map((name) => `${name}.yaml`).join(', ')}]`, 'namePrefix: k-'];
      lines.push('labels: [{pairs: {made-by: kustomize}}]', 'configMapGenerator: [{name: made, literals: [x=y]}]');
      writeFileSync(join(base, 'kustomization.yaml'), lines.join('\n'));
    };
    write(['one', 'two']);
    assert.match(await session.ok(['kustomize', base]), /name: k-one/);
    const pruning = ['apply', '-k', base, '--prune', '-l', 'made-by=kustomize', '--prune-allowlist=core/v1/ConfigMap'];
    assert.match(await session.ok(pruning), /k-made-\w+ created[^]*k-one created[^]*k-two created/);
    write(['one']);
    assert.match(await session.ok(pruning), /k-one unchanged[^]*k-two pruned/);
    assert.match(await session.ok(['get', '-k', base, '-o', 'name']), /configmap\/k-one/);
    assert.match(await session.ok(['delete', '-k', base]), /"k-one" deleted/);
  },

  async 'diff shows what would change'(session) {
    const same = await session.run(['diff', '-f', '-'], configMap('applied', { a: '2' }));
    assert.deepEqual([same.status, same.stdout], [0, '']);
    const other = await session.run(['diff', '-f', '-'], configMap('applied', { a: '3' }));
    assert.equal(other.status, 1, other.stderr);
    assert.match(other.stdout, /-\s+a: "2"\n\+\s+a: "3"/);
    const onServer = await session.run(
      ['diff', '--server-side', '--force-conflicts', '-f', '-'],
      configMap('applied', { a: '3' }),
    );
    assert.equal(onServer.status, 1, onServer.stderr);
    assert.match(onServer.stdout, /\+\s+a: "3"/);
  },

  async 'edit with an editor'(session, { folder }) {
    const editor = join(folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i \'s/a: "2"/a: "edited"/\' "$1"\n');
    chmodSync(editor, 0o755);
    assert.equal(
      await session.ok(['edit', 'configmap', 'applied'], '', { EDITOR: editor }),
      'configmap/applied edited\n',
    );
    assert.equal((await session.json<Thing>(['get', 'configmap', 'applied'])).data?.a, 'edited');
    const again = await session.run(['edit', 'configmap', 'applied'], '', { EDITOR: editor });
    assert.match(again.stdout + again.stderr, /no changes made/);
  },

  async 'three kinds of patch, replace, label, annotate'(session) {
    const data = async () => (await session.json<Thing>(['get', 'configmap', 'applied'])).data;
    const patch = (type: string, body: unknown) =>
      session.ok(['patch', 'configmap', 'applied', `--type=${type}`, '-p', JSON.stringify(body)]);
    assert.equal(await patch('strategic', { data: { b: '1' } }), 'configmap/applied patched\n');
    assert.equal(await patch('merge', { data: { a: null } }), 'configmap/applied patched\n');
    await patch('json', [{ op: 'add', path: '/data/c', value: '1' }]);
    assert.deepEqual(await data(), { b: '1', c: '1' });
    assert.match(await patch('merge', {}), /patched \(no change\)/);
    const replaced = await session.ok(['replace', '-f', '-'], configMap('applied', { d: '1' }));
    assert.equal(replaced, 'configmap/applied replaced\n');
    assert.deepEqual(await data(), { d: '1' });
    assert.equal(await session.ok(['label', 'configmap', 'applied', 'tier=back']), 'configmap/applied labeled\n');
    assert.match(await session.refused(['label', 'configmap', 'applied', 'tier=front']), /overwrite/);
    await session.ok(['label', 'configmap', 'applied', 'tier=front', '--overwrite']);
    assert.equal(await session.ok(['label', 'configmap', 'applied', 'tier-']), 'configmap/applied unlabeled\n');
    assert.equal(
      await session.ok(['annotate', 'configmap', 'applied', 'why=because']),
      'configmap/applied annotated\n',
    );
    const { labels, annotations } = (await session.json<Thing>(['get', 'configmap', 'applied'])).metadata;
    assert.deepEqual([labels, annotations?.why], [undefined, 'because']);
  },
};
