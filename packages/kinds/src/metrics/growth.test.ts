import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { believed, isOfNow } from './belief.ts';
import { Growth } from './growth.ts';

test('a counter becomes what it grows by in a second', () => {
  const growth = new Growth();
  assert.equal(growth.next(0, 100), undefined);
  assert.equal(growth.next(2_000, 104), 2);
  assert.equal(growth.next(3_000, 104), 0);
});

test('a counter that began anew counts from nothing', () => {
  const growth = new Growth();
  growth.next(0, 100);
  assert.equal(growth.next(1_000, 3), 3);
});

test('another run has no rate before its second value, even when it counts higher', () => {
  const growth = new Growth();
  growth.next(0, 1, 'a');
  assert.equal(growth.next(1_000, 50, 'b'), undefined);
  assert.equal(growth.next(2_000, 51, 'b'), 1);
});

test('no time gives no rate, and loses none of the growth', () => {
  const growth = new Growth();
  growth.next(0, 0);
  assert.equal(growth.next(0, 5), undefined);
  assert.equal(growth.next(1_000, 6), 6);
});

const nonsense = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -1e-9, 1e300);
const value = fc.double({ min: 0, max: 1e12, noNaN: true });
/** Samples one after the other: how long after the one before, and the counter. */
const samples = fc.array(fc.record({ afterMs: fc.integer({ min: 1, max: 100_000 }), value }), { minLength: 2 });

test('a value that can be is believed as it is, no other is', () => {
  fc.assert(fc.property(value, (one) => believed(one) === one));
  fc.assert(fc.property(nonsense, (one) => believed(one) === undefined));
  assert.equal(believed(undefined), undefined);
});

test('a sample is of now or it is not, whichever way a clock is wrong', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -1e9, max: 1e9 }), (nowMs, offMs) => {
      assert.equal(isOfNow(nowMs + offMs, nowMs), Math.abs(offMs) <= 60_000);
    }),
  );
  assert.equal(isOfNow(Number.NaN, 0), false);
});

test('whatever comes, a rate can be, and in all no more is told than was counted', () => {
  fc.assert(
    fc.property(samples, (list) => {
      const growth = new Growth();
      let [atMs, told, counted] = [0, 0, 0];
      for (const [index, { afterMs, value: now }] of list.entries()) {
        atMs += afterMs;
        const before = list[index - 1]?.value ?? now;
        counted += now < before ? now : now - before;
        const rate = growth.next(atMs, now);
        assert.equal(rate === undefined, index === 0);
        assert.ok(rate === undefined || rate >= 0);
        told += ((rate ?? 0) * afterMs) / 1000;
      }
      assert.ok(Math.abs(told - counted) <= 1e-6 * (1 + counted));
    }),
  );
});

test('samples that come twice, late or as nonsense change nothing for those that follow', () => {
  const noise = fc.record({ backMs: fc.integer({ min: 0, max: 1e6 }), odd: fc.oneof(nonsense, value) });
  fc.assert(
    fc.property(samples, fc.array(noise), (list, odd) => {
      const [clean, noisy] = [new Growth(), new Growth()];
      let atMs = 0;
      for (const [index, { afterMs, value: now }] of list.entries()) {
        atMs += afterMs;
        assert.equal(noisy.next(atMs, now), clean.next(atMs, now));
        const { backMs = 0, odd: other = 0 } = odd[index] ?? {};
        // What cannot be is none at any time, also far ahead; what can be is none that is not later.
        const isNonsense = believed(other) === undefined;
        assert.equal(noisy.next(isNonsense ? atMs + backMs : atMs - backMs, other), undefined);
      }
    }),
  );
});
