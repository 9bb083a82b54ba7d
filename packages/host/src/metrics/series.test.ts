import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Series } from './series.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

test('seconds are kept for minutes, minutes for hours, hours for days', () => {
  const series = new Series();
  const day = 24 * HOUR;
  // One value a second would be slow here: every ten seconds is enough to see the steps.
  for (let atMs = 0; atMs < 3 * day; atMs += 10 * SECOND) series.record(atMs, atMs / day);
  const now = 3 * day;
  const steps = (sinceMs: number) => [...new Set(series.points(sinceMs).map(({ stepMs }) => stepMs))];
  assert.deepEqual(steps(now - 4 * MINUTE), [SECOND]);
  assert.deepEqual(steps(now - 5 * HOUR), [MINUTE]);
  assert.deepEqual(steps(now - 2 * day), [HOUR]);
  assert.equal(series.points(now - 2 * day).length, 48);
  assert.equal(series.points(now - 5 * HOUR).length, 300);
});

test('a step knows its mean and its peak', () => {
  const series = new Series();
  for (let second = 0; second < 400; second++) series.record(second * SECOND, second % 60 === 59 ? 60 : 0);
  const [minute] = series.points(0);
  assert.deepEqual(minute, { atMs: 0, stepMs: MINUTE, mean: 1, peak: 60 });
});

test('a gap is left out and nothing old shows through it', () => {
  const series = new Series();
  for (let second = 0; second < 300; second++) series.record(second * SECOND, 1);
  series.record(10 * MINUTE, 2);
  const points = series.points(10 * MINUTE - 299 * SECOND);
  assert.deepEqual(points, [{ atMs: 10 * MINUTE, stepMs: SECOND, mean: 2, peak: 2 }]);
  assert.equal(series.mean(10 * MINUTE - 10 * SECOND), 2);
});

test('a silence of weeks costs no loop over it', () => {
  const series = new Series();
  series.record(0, 1);
  series.record(1e12, 2);
  assert.deepEqual(
    series.points(1e12 - MINUTE).map(({ mean }) => mean),
    [2],
  );
});

test('what is no number is not recorded, and a value that comes late counts as the newest', () => {
  const series = new Series();
  series.record(5 * SECOND, 1);
  series.record(6 * SECOND, Number.NaN);
  series.record(4 * SECOND, 3);
  assert.deepEqual(series.points(0), [{ atMs: 5 * SECOND, stepMs: SECOND, mean: 2, peak: 3 }]);
});

test('the mean of any window is that of the values in it, and no more is kept than the rings hold', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 600 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 300 }), (list, seconds) => {
      const series = new Series();
      for (const [index, value] of list.entries()) series.record(index * SECOND, value);
      const newest = (list.length - 1) * SECOND;
      const wanted = list.slice(Math.max(0, list.length - seconds));
      const mean = series.mean(newest - (seconds - 1) * SECOND) ?? Number.NaN;
      const expected = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
      assert.ok(Math.abs(mean - expected) <= 1e-4 * (1 + expected));
      assert.ok(series.points(0).length <= 360);
    }),
    { numRuns: 50 },
  );
});
