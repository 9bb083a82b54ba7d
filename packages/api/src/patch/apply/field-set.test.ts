import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference, type FieldSet, union, withoutTrees } from './field-set.ts';

const leaf: FieldSet = {};
const own: FieldSet = { 'f:spec': { 'f:replicas': leaf, 'f:paused': leaf }, 'f:data': { '.': leaf, 'f:a': leaf } };

test('sets that have nothing to do with each other are not made anew', () => {
  const other: FieldSet = { 'f:status': leaf, 'f:spec': { 'f:template': leaf } };
  assert.equal(difference(own, other), own);
  assert.equal(withoutTrees(own, other), own);
  assert.equal(union(own, { 'f:spec': { 'f:paused': leaf } }), own);
});

test('what is in both goes, and only that', () => {
  assert.deepEqual(difference(own, { 'f:spec': { 'f:paused': leaf }, 'f:data': leaf }), {
    'f:spec': { 'f:replicas': leaf },
    'f:data': { 'f:a': leaf },
  });
  assert.deepEqual(withoutTrees(own, { 'f:data': leaf }), { 'f:spec': own['f:spec'] });
  assert.equal(difference(own, own), undefined);
  assert.deepEqual(union(own, { 'f:data': { 'f:b': leaf } })?.['f:data'], { '.': leaf, 'f:a': leaf, 'f:b': leaf });
});
