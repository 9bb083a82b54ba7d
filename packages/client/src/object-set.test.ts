import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, Stored } from '@godwit/kinds';
import { ObjectSet } from './object-set.ts';

function object(namespace: string, name: string, owners: string[] = []): Stored<KubeObject> {
  const labels = Object.fromEntries(owners.map((owner) => [owner, 'yes']));
  const metadata = { namespace, name, labels, uid: name, resourceVersion: '1', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

const names = (objects: Iterable<KubeObject>) =>
  [...objects].map(({ metadata }) => metadata.name ?? '').toSorted((a, b) => a.localeCompare(b));
const byLabel = ({ metadata }: KubeObject) => Object.keys(metadata.labels ?? {});

test('objects by namespace and name', () => {
  const set = new ObjectSet<KubeObject>();
  for (const [namespace, name] of [
    ['a', 'x'],
    ['a', 'y'],
    ['b', 'x'],
  ] as const)
    set.put(object(namespace, name));
  assert.deepEqual([names(set.values('a')), names(set.values()), set.size], [['x', 'y'], ['x', 'x', 'y'], 3]);
  assert.equal(set.remove({ namespace: 'a', name: 'x' })?.metadata.namespace, 'a');
  assert.equal(set.remove({ namespace: 'a', name: 'x' }), undefined);
  assert.equal(set.get({ namespace: 'a', name: 'x' }), undefined);
  assert.deepEqual([names(set.values('a')), names(set.values('none')), set.size], [['y'], [], 2]);
});

test('an index follows its objects, also one that is declared late', () => {
  const set = new ObjectSet<KubeObject>();
  set.put(object('a', 'early', ['red']));
  set.addIndex('label', byLabel);
  set.put(object('a', 'late', ['red', 'blue']));
  assert.deepEqual([names(set.by('label', 'red')), names(set.by('label', 'blue'))], [['early', 'late'], ['late']]);
  set.put(object('a', 'late', ['green']));
  set.remove({ namespace: 'a', name: 'early' });
  assert.deepEqual([names(set.by('label', 'red')), names(set.by('label', 'green'))], [[], ['late']]);
  assert.throws(() => set.by('colour', 'red'), RangeError);
});
