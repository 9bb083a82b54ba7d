import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  exactQuantity,
  formatQuantity,
  isQuantity,
  subtractQuantities,
} from './exact-quantity.ts';

test('quantities are written in one way only', () => {
  const cases: readonly (readonly [string | number, string])[] = [
    ['0', '0'],
    ['0Gi', '0'],
    ['1', '1'],
    [2, '2'],
    [0.5, '500m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.', '1'],
    ['+1', '1'],
    ['-1.5', '-1500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1000', '1k'],
    ['1001', '1001'],
    ['1000k', '1M'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['1000Ki', '1000Ki'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['12e3', '12e3'],
    ['1E', '1E'],
    ['1e-3', '1e-3'],
    ['0.0000000001', '1n'],
    ['100u', '100u'],
  ];
  for (const [text, canonical] of cases) assert.equal(canonicalQuantity(text), canonical, String(text));
});

test('what is no quantity is told so', () => {
  for (const text of ['', '.', '-', 'Gi', '1 Gi', '1gi', '1K', '1kb', '1e', '1.2.3', 'NaN', '1_000', '٣']) {
    assert.equal(isQuantity(text), false, text);
  }
  assert.throws(() => exactQuantity('12x'), { code: 'invalid-quantity' });
});

test('sums keep the way of writing of what is there', () => {
  assert.equal(addQuantities('1Gi', '1Gi'), '2Gi');
  assert.equal(addQuantities('0', '64Mi'), '64Mi');
  assert.equal(addQuantities('500m', '500m'), '1');
  assert.equal(subtractQuantities('2', '500m'), '1500m');
});

const anyQuantity = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.option(fc.integer({ min: 0, max: 999 }), { nil: undefined }),
    fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'e-3'),
  )
  .map(([sign, whole, fraction, suffix]) => `${sign}${whole}${fraction === undefined ? '' : `.${fraction}`}${suffix}`);

test('the canonical form is stable and means the same, but for fractions of bytes', () => {
  fc.assert(
    fc.property(anyQuantity, (text) => {
      const once = formatQuantity(exactQuantity(text));
      const parsed = exactQuantity(text);
      const again = exactQuantity(once);
      // A binary quantity that needs no suffix reads as a decimal one afterwards: another form, the same number.
      if (again.format === parsed.format) assert.equal(formatQuantity(again), once);
      assert.equal(exactQuantity(formatQuantity(again)).billionths, again.billionths);
      const difference = again.billionths - parsed.billionths;
      const size = difference < 0n ? -difference : difference;
      assert.ok(size === 0n || (parsed.format === 'binary' && size < 1_000_000_000n), `${text} became ${once}`);
    }),
  );
});

test('order is total and follows addition', () => {
  fc.assert(
    fc.property(anyQuantity, anyQuantity, (a, b) => {
      assert.equal(compareQuantities(a, b), -compareQuantities(b, a) + 0);
      assert.equal(compareQuantities(a, a), 0);
      const difference = exactQuantity(a).billionths - exactQuantity(b).billionths;
      assert.equal(compareQuantities(a, b), difference < 0n ? -1 : difference > 0n ? 1 : 0);
    }),
  );
});
