import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameJson } from './same-json.ts';

test('the same value, however it is put together', () => {
  assert.ok(sameJson({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }));
  assert.ok(sameJson({ a: undefined }, {}));
});

test('different values', () => {
  const pairs: [unknown, unknown][] = [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { b: 1 }],
    [{ a: null }, {}],
    [[1, 2], [1]],
    [[], {}],
    ['1', 1],
    [{ toString: 1 }, {}],
  ];
  for (const [a, b] of pairs) assert.ok(!sameJson(a, b) && !sameJson(b, a), JSON.stringify([a, b]));
});
