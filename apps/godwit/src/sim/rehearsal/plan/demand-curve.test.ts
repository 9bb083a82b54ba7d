import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { demandCurveOf } from './demand-curve.ts';
import { traceOf } from './trace.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 168 * HOUR_MS;

test('by the time of day: highest at its peak, lowest half a day away, also before the beginning', () => {
  const demand = demandCurveOf({ low: 10, high: 50, peakAt: '8h' }, undefined, 0);
  assert.equal(demand(8 * HOUR_MS), 50);
  assert.equal(demand(20 * HOUR_MS), 10);
  assert.equal(Math.round(demand(-16 * HOUR_MS)), 50);
});

test('a spike rises, stays and falls; outside it nothing is different', () => {
  const spikes = [{ at: '1h', for: '30m', times: 3, rise: '10m' }];
  const demand = demandCurveOf({ constant: 100, spikes }, undefined, 0);
  const at = (minutes: number) => demand(minutes * MINUTE_MS);
  assert.deepEqual([at(59), at(65), at(70), at(75), at(85), at(90), at(91)], [100, 200, 300, 300, 200, 100, 100]);
  const sudden = demandCurveOf({ constant: 100, spikes: [{ at: '0s', for: '1m', times: 0 }] }, undefined, 0);
  assert.deepEqual([sudden(-1), sudden(0), sudden(MINUTE_MS)], [100, 0, 100]);
});

test('it grows from its beginning on, week by week', () => {
  const demand = demandCurveOf({ constant: 100 }, undefined, 10);
  assert.equal(demand(-WEEK_MS), 100);
  assert.equal(Math.round(demand(2 * WEEK_MS)), 121);
});

test('a trace counts as it stands, or by its highest line', () => {
  const text = 'minute,requests\n0,10\n1,40\n';
  assert.equal(demandCurveOf({ trace: 'x', every: '1m' }, text, 0)(MINUTE_MS), 40);
  const scaled = demandCurveOf({ trace: 'x', every: '1m', highest: 1000 }, text, 0);
  assert.deepEqual([scaled(0), scaled(MINUTE_MS), scaled(2 * MINUTE_MS)], [250, 1000, 250]);
});

test('holes keep their place in time and are bridged; what is no trace is refused', () => {
  const { at } = traceOf('x', '1m', 'time value\n0 10\n1 -\n2\tNaN\n3 40\n\n');
  assert.deepEqual(
    [0, 1, 2, 3].map((minute) => at(minute * MINUTE_MS)),
    [10, 20, 30, 40],
  );
  assert.throws(() => traceOf('x', undefined, 'nothing\n'), /x holds no numbers/);
});

test('whatever stands in a trace, a demand is a number that is not negative, and comes again', () => {
  const line = fc.oneof(fc.double(), fc.constant('-'), fc.integer({ min: -9, max: 99 }));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: -1e9, max: 1e9 }), (lines, atMs) => {
      const text = [...lines, 7].join('\n');
      const { at, highest } = traceOf('x', '1m', text);
      assert.ok(at(atMs) >= 0 && at(atMs) <= highest);
    }),
  );
});
