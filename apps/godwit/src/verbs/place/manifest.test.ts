import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { machinesOf, readManifests } from './manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'godwit-manifest-'));
after(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, 'x.yaml');
  writeFileSync(file, text);
  return readManifests(file, 'shop');
}

test('all documents and the items of lists are read, and put where they belong', () => {
  const manifests = read(`
apiVersion: v1
kind: Pod
metadata: {name: a}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: n}}
- {apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: other}}
`);
  assert.deepEqual(
    manifests.map(({ address }) => [address.plural, address.namespace]),
    [
      ['pods', 'shop'],
      ['nodes', undefined],
      ['deployments', 'other'],
    ],
  );
});

test('workloads come to machines, as many as they ask for', () => {
  const [deployment, machine, service] = read(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {replicas: 3, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: vm}
spec: {runStrategy: Always, template: {spec: {domain: {devices: {}}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
`).map(machinesOf);
  assert.deepEqual([deployment?.title, deployment?.count, deployment?.machine.kind], ['Deployment/web', 3, 'Pod']);
  assert.deepEqual(deployment?.machine.metadata, { labels: { app: 'web' }, name: 'web', namespace: 'shop' });
  assert.deepEqual([machine?.count, machine?.machine.kind], [1, 'VirtualMachineInstance']);
  assert.equal(service, undefined);
});

test('what is no manifest is refused in one line', () => {
  assert.throws(() => read(''), /there is nothing in it/);
  assert.throws(() => read('just: text'), /knows no such kind \(no apiVersion, no kind\)/);
  assert.throws(() => read('a: [unclosed'), { code: 'bad-argument' });
  assert.throws(() => read('apiVersion: v1\nkind: Nonsense'), /v1, Nonsense/);
  assert.throws(() => readManifests(join(folder, 'missing'), 'default'), /cannot be read/);
});
