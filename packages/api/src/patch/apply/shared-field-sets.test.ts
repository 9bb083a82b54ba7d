import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FieldSet } from './field-set.ts';
import { sharedFieldSet } from './shared-field-sets.ts';

const owned = (uid: string) => ({ 'f:metadata': { 'f:labels': { 'f:app': {} }, 'f:ownerReferences': { [uid]: {} } } });

test('equal sets are one object', () => {
  const first = sharedFieldSet(owned('a'));
  assert.equal(sharedFieldSet(owned('a')), first);
  assert.equal(sharedFieldSet(first), first);
});

test('sets that differ share what they have in common', () => {
  const [one, other] = ['b', 'c'].map((uid) => sharedFieldSet(owned(uid))['f:metadata']);
  assert.notEqual(one, other);
  assert.equal(one?.['f:labels'], other?.['f:labels']);
});

test('whatever a set holds and in whatever order, it says the same', () => {
  const step = fc.constantFrom('.', 'f:a', 'f:a1;', 'f:a;3:f:b', 'k:{"name":"web"}', 'v:1');
  const { tree } = fc.letrec<{ tree: FieldSet }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant({}), fc.dictionary(step, tie('tree'))),
  }));
  fc.assert(fc.property(tree, (set) => JSON.stringify(sharedFieldSet(set)) === JSON.stringify(set)));
});

test('however many there are, only so many are remembered', () => {
  const first = sharedFieldSet(owned('first'));
  for (let number = 0; number < 5000; number++) sharedFieldSet(owned(`${number}`));
  const again = sharedFieldSet(owned('first'));
  assert.notEqual(again, first);
  assert.deepEqual(again, first);
});
