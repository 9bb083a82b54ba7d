import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cloneJson } from './clone-json.ts';

test('a copy is equal and shares nothing', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const names = JSON.stringify(value);
      fc.pre(!names.includes('"__proto__"'));
      assert.deepEqual(cloneJson(value), value);
    }),
  );
  const value = { a: [{ b: { c: 1 } }], d: undefined };
  const copy = cloneJson(value);
  assert.notEqual(copy.a[0]?.b, value.a[0]?.b);
  assert.ok('d' in copy);
});
