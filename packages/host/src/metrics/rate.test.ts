import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate } from './rate.ts';

test('a counter becomes what it grows by in a second', () => {
  const rate = new Rate();
  assert.equal(rate.next(0, 100), undefined);
  assert.equal(rate.next(2_000, 104), 2);
  assert.equal(rate.next(3_000, 104), 0);
});

test('a counter that began anew counts from nothing', () => {
  const rate = new Rate();
  rate.next(0, 100);
  assert.equal(rate.next(1_000, 3), 3);
});

test('another run has no rate before its second value, even when it counts higher', () => {
  const rate = new Rate();
  rate.next(0, 1, 'a');
  assert.equal(rate.next(1_000, 50, 'b'), undefined);
  assert.equal(rate.next(2_000, 51, 'b'), 1);
});

test('no time gives no rate, and loses none of the growth', () => {
  const rate = new Rate();
  rate.next(0, 0);
  assert.equal(rate.next(0, 5), undefined);
  assert.equal(rate.next(1_000, 6), 6);
});
