import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '@godwit/base';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from './index.ts';

const isDamage = (error: unknown) => hasCode(error, 'record-damaged');

test('whole numbers come back as they were, the small ones from one byte', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat().map((value) => Math.floor(value / 32))), (values) => {
      const writer = new ByteWriter();
      for (const value of values) writer.whole(value);
      const reader = new ByteReader(writer.text());
      assert.deepEqual(
        values.map(() => reader.whole()),
        values,
      );
      reader.end();
    }),
  );
  const writer = new ByteWriter();
  writer.whole(127);
  assert.equal(atob(writer.text()).length, 1);
});

test('amounts come back within a fiftieth of a percent', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 4e9, noNaN: true }), (value) => {
      const writer = new ByteWriter();
      writer.amount(value);
      const read = new ByteReader(writer.text()).amount();
      assert.ok(Math.abs(read - value) <= 0.0002 * (value + 1), `${read} for ${value}`);
    }),
  );
});

test('what is no number becomes none, and what is too large the largest', () => {
  const writer = new ByteWriter();
  for (const value of [Number.NaN, -5, Number.POSITIVE_INFINITY]) writer.whole(value);
  for (const value of [Number.NaN, -5, 1e300]) writer.amount(value);
  const reader = new ByteReader(writer.text());
  assert.deepEqual([reader.whole(), reader.whole(), reader.whole()], [0, 0, 0]);
  assert.deepEqual([reader.amount(), reader.amount()], [0, 0]);
  assert.ok(reader.amount() > 4e9);
});

test('what is damaged is refused, not misread in silence', () => {
  assert.throws(() => new ByteReader('not base64!'), isDamage);
  assert.throws(() => new ByteReader('').byte(), isDamage);
  assert.throws(() => new ByteReader('/////////////w==').whole(), isDamage);
  assert.throws(() => new ByteReader('AAAA').end(), isDamage);
});
