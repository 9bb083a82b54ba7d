import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { copyJson, equalJson, freezeJson, shareJson } from './json.ts';

test('a version shares what it has in common with the one before it', () => {
  const before = freezeJson({ spec: { ports: [{ port: 1 }, { port: 2 }], name: 'a' }, status: { ready: true } });
  const after = shareJson(before, { spec: { ports: [{ port: 1 }, { port: 3 }], name: 'a' }, status: { ready: true } });
  assert.equal(after.status, before.status);
  assert.equal(after.spec.ports[0], before.spec.ports[0]);
  assert.deepEqual(after.spec.ports[1], { port: 3 });
  assert.equal(shareJson(before, copyJson(before)), before);
});

test('what is shorter, longer, gone or undefined is no longer the same', () => {
  assert.deepEqual(shareJson([1, 2, 3], [1, 2]), [1, 2]);
  assert.deepEqual(shareJson([1, 2], [1, 2, 3]), [1, 2, 3]);
  assert.deepEqual(shareJson({ a: 1, b: 2 }, { a: 1 }), { a: 1 });
  assert.deepEqual(shareJson({ a: [1] }, { a: { 0: 1 } }), { a: { 0: 1 } });
  assert.deepEqual(shareJson(null, { a: 1 }), { a: 1 });
});

test('whatever is shared, the value stays what it was, and is the old one exactly when they are equal', () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, json, (before, after) => {
      const shared = shareJson(freezeJson(copyJson(before)), copyJson(after));
      assert.ok(equalJson(shared, after));
      const kept = freezeJson(copyJson(after));
      assert.equal(shareJson(kept, copyJson(after)), kept);
    }),
  );
});
