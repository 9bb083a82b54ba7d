import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../compact/index.ts';
import { LoadMemory } from './load-memory.ts';

const settings = { halfLifeSeconds: 600, deviationHalfLifeSeconds: 3600 };
const MINUTE = 60_000;

test('a steady load is forecast as it is, and without doubt', () => {
  const memory = new LoadMemory(settings);
  for (let minute = 0; minute < 600; minute++) memory.observe('a', 700, minute * MINUTE, 50);
  const { mean, deviation } = memory.forecast('a') ?? { mean: 0, deviation: 99 };
  assert.equal(mean, 700);
  assert.ok(deviation < 5);
});

test('after its half-life a sample counts half', () => {
  const memory = new LoadMemory(settings);
  memory.observe('a', 0, 0, 0);
  memory.observe('a', 100, 600_000, 0);
  assert.equal(memory.forecast('a')?.mean, 50);
});

test('a hole in the samples is not a load: the next sample counts the more', () => {
  const memory = new LoadMemory(settings);
  memory.observe('a', 0, 0, 0);
  memory.observe('a', 100, 86_400_000, 0);
  assert.ok((memory.forecast('a')?.mean ?? 0) > 99.9);
});

test('what is no load is dropped, and clocks may jump', () => {
  const memory = new LoadMemory(settings);
  memory.observe('a', 100, 1_000_000, 0);
  for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY]) memory.observe('a', value, 2_000_000, 0);
  memory.observe('a', 900, 0, 0);
  assert.deepEqual(memory.forecast('a'), { mean: 100, deviation: 0, now: 900 });
  assert.equal(memory.forecast('nobody'), undefined);
});

test('one spike moves the forecast only so far, and is doubted', () => {
  const memory = new LoadMemory(settings);
  for (let minute = 0; minute < 100; minute++) memory.observe('a', 100, minute * MINUTE, 0);
  memory.observe('a', 10_000, 100 * MINUTE, 0);
  const { mean, deviation } = memory.forecast('a') ?? { mean: 0, deviation: 0 };
  assert.ok(mean < 900, String(mean));
  assert.ok(deviation > 500, String(deviation));
});

test('forecasts stay within what was seen', () => {
  const sample = fc.record({ value: fc.double({ min: 0, max: 1e6, noNaN: true }), gapMs: fc.nat(10_000_000) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 40 }), (samples) => {
      const memory = new LoadMemory(settings);
      let atMs = 0;
      for (const { value, gapMs } of samples) {
        atMs += gapMs;
        memory.observe('a', value, atMs, 0);
      }
      const values = samples.map(({ value }) => value);
      const { mean, deviation } = memory.forecast('a') ?? { mean: -1, deviation: -1 };
      assert.ok(mean >= Math.min(...values) - 1e-6 && mean <= Math.max(...values) + 1e-6);
      assert.ok(deviation >= 0 && deviation <= Math.max(...values) + 1e-6);
    }),
  );
});

test('what was learned goes on elsewhere, within a fiftieth of a percent, by another clock', () => {
  const load = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(load, { minLength: 1, maxLength: 20 }), load, fc.nat(3_600_000), (values, next, gapMs) => {
      const [one, other] = [new LoadMemory(settings), new LoadMemory(settings)];
      values.forEach((value, minute) => one.observe('a', value, minute * MINUTE, value / 2));
      const savedMs = values.length * MINUTE;
      const writer = new ByteWriter();
      one.save('a', writer, savedMs);
      other.restore('a', new ByteReader(writer.text()), 0);
      one.observe('a', next, savedMs + gapMs, 0);
      other.observe('a', next, gapMs, 0);
      const [expected, found] = [one.forecast('a'), other.forecast('a')];
      const near = (a = 0, b = 0) => assert.ok(Math.abs(a - b) <= 0.001 * (Math.max(...values, next) + 1), `${a} ${b}`);
      near(found?.mean, expected?.mean);
      near(found?.deviation, expected?.deviation);
    }),
  );
  const [writer, memory] = [new ByteWriter(), new LoadMemory(settings)];
  memory.observe('early', 100, MINUTE, 0);
  memory.save('early', writer, 0);
  memory.save('nobody', writer, 0);
  const reader = new ByteReader(writer.text());
  for (const key of ['early', 'nobody']) memory.restore(key, reader, 0);
  reader.end();
  assert.equal(memory.forecast('nobody'), undefined);
});
