import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import { PredictiveScaler } from './predictive.ts';

const MINUTE_MS = 60_000;
const DAY = 1440;
const options = { target: 100, startMs: 2 * MINUTE_MS, stepMs: MINUTE_MS };

/** Two waves a day and noise of 3 %. */
function days(count: number, seed = 1): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count * DAY }, (_, minute) => {
    const wave = 2000 + 1500 * Math.sin((minute / DAY) * 4 * Math.PI);
    return wave * (1 + 0.06 * (random.next() - 0.5));
  });
}

function run(loads: readonly number[], margin: number): number[] {
  const scaler = new PredictiveScaler({ ...options, margin });
  return loads.map((load, minute) => scaler.observe(load, minute * MINUTE_MS).replicas);
}

test('what is ordered now is enough when it serves, and not much more', () => {
  const loads = days(4);
  const wanted = run(loads, 2);
  let short = 0;
  let over = 0;
  for (let minute = 3 * DAY; minute < loads.length - 3; minute++) {
    const need = Math.ceil((loads[minute + 3] as number) / options.target);
    if ((wanted[minute] as number) < need) short++;
    over += ((wanted[minute] as number) - need) / need;
  }
  assert.ok(short / DAY < 0.03, `${short} minutes short`);
  assert.ok(over / DAY < 0.15, `${over / DAY} too many`);
});

test('a larger margin never wants fewer', () => {
  const loads = days(1, 7);
  const [low, high] = [run(loads, 1), run(loads, 2.5)];
  assert.ok(high.every((count, minute) => count >= (low[minute] as number)));
});

test('while nothing is known yet the margin is kept in hand as well', () => {
  const loads = days(1).slice(0, 20);
  const load = loads.at(-1) as number;
  for (const margin of [0, 1, 2, 4]) {
    const room = (run(loads, margin).at(-1) as number) * options.target;
    assert.ok(room >= load * (1 + 0.12 * margin), `${room} for ${load} with ${margin}`);
    assert.ok(room <= load * Math.exp(0.12 * margin) + options.target);
  }
});

test('one lost sample changes nothing; a load that is really gone is believed at the second', () => {
  const loads = days(1);
  const whole = run(loads, 2);
  const holed = run(loads.with(900, 0), 2);
  assert.ok((holed[900] as number) >= (whole[899] as number) * 0.9);
  assert.ok((holed[901] as number) >= (whole[901] as number) * 0.9);
  const gone = [...loads.slice(0, 900), ...Array.from({ length: 40 }, () => 0)];
  assert.ok((run(gone, 2).at(-1) as number) <= 1);
});

test('a spike is followed at once', () => {
  const loads = days(1).with(1000, 20_000);
  assert.ok((run(loads, 2)[1000] as number) >= 190);
});

test('a load that jumps out of its rhythm is followed as it is', () => {
  const loads = [...days(2), ...days(1).map((load, minute) => (minute % 60 < 30 ? load * 3 : load / 3))];
  const wanted = run(loads, 2);
  for (let minute = 2 * DAY + 10; minute < loads.length; minute++) {
    if (minute % 60 === 20) assert.ok((wanted[minute] as number) >= Math.floor((loads[minute] as number) / 100));
  }
});

test('steps without samples and clocks that jump are survived', () => {
  const scaler = new PredictiveScaler({ ...options, margin: 2 });
  let nowMs = 0;
  let last = 0;
  days(1).forEach((load, minute) => {
    nowMs += MINUTE_MS;
    if (minute === 700) nowMs += 9 * 3_600_000;
    if (minute === 800) nowMs -= 20 * 3_600_000;
    if (minute % 97 < 3 || (minute > 1000 && minute < 1030)) scaler.miss();
    else last = scaler.observe(load, nowMs).replicas;
    assert.ok(last >= 0 && last < 80, `${last} at ${minute}`);
  });
});

test('who goes on with what another learned says what that one would have said', () => {
  const loads = days(3);
  const make = () => new PredictiveScaler({ ...options, margin: 2 });
  const first = make();
  const at = 2 * DAY + 700;
  loads.slice(0, at).forEach((load, minute) => first.observe(load, minute * MINUTE_MS));
  const text = JSON.stringify(first.save());
  assert.ok(text.length < 25_000, `${text.length} bytes`);
  const second = make();
  second.restore(JSON.parse(text));
  for (let minute = at; minute < loads.length; minute++) {
    const load = loads[minute] as number;
    const [a, b] = [first, second].map((scaler) => scaler.observe(load, minute * MINUTE_MS));
    assert.ok(a && b);
    // What was foretold just before and had not come yet is the one thing that was not learned.
    assert.ok(Math.abs(a.load - b.load) < 0.02 * a.load, `${a.load} and ${b.load} at ${minute}`);
    assert.equal(a.forecast.trusted, b.forecast.trusted);
  }
  assert.throws(
    () => make().restore({ ...first.save(), forecaster: { ...first.save().forecaster, profile: 'AAAA' } }),
    {
      code: 'forecast-damaged',
    },
  );
});

test('whatever comes, the answer is a number', () => {
  const load = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(fc.array(load, { maxLength: 300 }), (loads) => {
      for (const count of run(loads, 3)) assert.ok(Number.isInteger(count) && count >= 0);
    }),
    { numRuns: 50 },
  );
});
