import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '@godwit/base';
import fc from 'fast-check';
import { ByteReader, ByteWriter } from '../compact/index.ts';
import { DecayingHistogram } from './decaying-histogram.ts';
import { recommend, rightSizeSettingsOf, UsageRecord } from './recommend.ts';
import { wasteOf } from './waste.ts';

const HOUR = 3_600_000;
const GIB = 1024 ** 3;
const settings = rightSizeSettingsOf({});
const histogram = () => new DecayingHistogram({ halfLifeSeconds: 86_400, smallest: 10, largest: 100_000 });

test('a percentile is never below the true one, and at most five percent above', () => {
  const values = fc.array(fc.integer({ min: 10, max: 99_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (samples, share) => {
      const one = histogram();
      for (const value of samples) one.add(value, 1000);
      const sorted = samples.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length - 1e-6) - 1] ?? sorted[0] ?? 0;
      const found = one.percentile(share) ?? 0;
      assert.ok(found >= exact * 0.999 && found <= exact * 1.051, `${found} for ${exact}`);
    }),
  );
});

test('what is a half-life older counts half', () => {
  const one = histogram();
  for (let count = 0; count < 10; count++) one.add(100, 0);
  for (let count = 0; count < 6; count++) one.add(5000, 24 * HOUR);
  assert.ok((one.percentile(0.4) ?? 0) < 110);
  assert.ok((one.percentile(0.5) ?? 0) > 4900);
});

test('a hundred years later nothing has overflowed', () => {
  const one = histogram();
  one.add(90_000, 0);
  one.add(100, 100 * 365 * 24 * HOUR);
  assert.ok((one.percentile(1) ?? 0) < 110);
});

test('what is no sample is dropped, and what is too large counts as the largest', () => {
  const one = histogram();
  for (const value of [Number.NaN, -5, Number.POSITIVE_INFINITY]) one.add(value, 0);
  one.add(5, Number.NaN);
  assert.equal(one.percentile(0.5), undefined);
  one.add(1e300, 0);
  assert.equal(one.percentile(0.5), 100_000);
});

function watched(hours: number, use: (hour: number) => { cpu: number; memory: number }): UsageRecord {
  const record = new UsageRecord(settings);
  for (let minute = 0; minute <= hours * 60; minute += 5) record.observe(use(minute / 60), minute * 60_000);
  return record;
}

test('a machine that has too much is told so, with a margin', () => {
  const record = watched(48, () => ({ cpu: 200, memory: GIB }));
  const found = recommend({ cpu: 2000, memory: 8 * GIB }, record, settings);
  assert.deepEqual(found?.changes, ['cpu', 'memory']);
  assert.ok((found?.cpu ?? 0) >= 230 && (found?.cpu ?? 0) <= 245);
  assert.ok((found?.memory ?? 0) >= 1.15 * GIB && (found?.memory ?? 0) <= 1.21 * GIB);
});

test('a size that is about right stays', () => {
  const record = watched(48, () => ({ cpu: 850, memory: GIB }));
  assert.deepEqual(recommend({ cpu: 1000, memory: 1.2 * GIB }, record, settings)?.changes, []);
});

test('memory goes by peaks: a short one each day counts', () => {
  const record = watched(72, (hour) => ({ cpu: 100, memory: hour % 2 < 0.1 ? 4 * GIB : GIB }));
  assert.ok((recommend({ cpu: 100, memory: GIB }, record, settings)?.memory ?? 0) > 4 * GIB);
});

test('who wants to know sooner says so', () => {
  const record = watched(2, () => ({ cpu: 200, memory: GIB }));
  const soon = rightSizeSettingsOf({ rightSize: { watchMinutes: 90 } });
  const current = { cpu: 2000, memory: 8 * GIB };
  assert.deepEqual(recommend(current, record, soon)?.changes, ['cpu', 'memory']);
  assert.equal(recommend(current, record, rightSizeSettingsOf({ rightSize: { watchMinutes: 150 } })), undefined);
});

test('too short a history, clocks set back and holes are no ground for advice', () => {
  assert.equal(
    recommend(
      { cpu: 1, memory: 1 },
      watched(2, () => ({ cpu: 1, memory: 1 })),
      settings,
    ),
    undefined,
  );
  const record = new UsageRecord(settings);
  record.observe({ cpu: 100, memory: GIB }, 10 * HOUR);
  record.observe({ cpu: 90_000, memory: 900 * GIB }, 0);
  record.observe({ cpu: 100 }, 20 * HOUR);
  assert.ok((recommend({ cpu: 100, memory: GIB }, record, settings)?.cpu ?? 0) < 130);
});

function restored(record: UsageRecord, savedMs: number, restoredMs: number): UsageRecord {
  const writer = new ByteWriter();
  record.save(writer, savedMs);
  const reader = new ByteReader(writer.text());
  const found = new UsageRecord(settings);
  found.restore(reader, restoredMs);
  reader.end();
  return found;
}

test('percentiles of a histogram that was kept are within a point of share, and what comes weighs the same', () => {
  const sample = fc.record({ value: fc.integer({ min: 1, max: 200_000 }), atMs: fc.nat(240 * HOUR) });
  const samples = fc.array(sample, { minLength: 1, maxLength: 300 });
  const ages = fc.record({
    clockMs: fc.integer({ min: -1e12, max: 1e12 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(samples, samples, ages, (before, after, { clockMs, share }) => {
      const [one, other] = [histogram(), histogram()];
      const savedMs = 240 * HOUR;
      for (const { value, atMs } of before) one.add(value, atMs);
      const writer = new ByteWriter();
      one.save(writer, savedMs);
      other.restore(new ByteReader(writer.text()), clockMs);
      for (const { value, atMs } of after) {
        one.add(value, savedMs + atMs / 24);
        other.add(value, clockMs + atMs / 24);
      }
      const found = other.percentile(share) ?? 0;
      const low = (one.percentile(share - 0.015) ?? 0) * 0.999;
      const high = (one.percentile(share + 0.015) ?? 0) * 1.001;
      assert.ok(found >= low && found <= high, `${found} is not within ${low} and ${high}`);
    }),
  );
});

test('what was kept is kept the same again: restarts add no error', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 100 }), fc.nat(HOUR), (values, ageMs) => {
      const record = new UsageRecord(settings);
      for (const [index, value] of values.entries())
        record.observe({ cpu: value, memory: value * 2 ** 20 }, index * 60_000);
      const textOf = (one: UsageRecord, nowMs: number) => {
        const writer = new ByteWriter();
        one.save(writer, nowMs);
        return writer.text();
      };
      const nowMs = values.length * 60_000 + ageMs;
      assert.equal(textOf(restored(record, nowMs, -7 * HOUR), -7 * HOUR), textOf(record, nowMs));
    }),
  );
});

test('a recommendation stands when the watching goes on elsewhere, and so does how long was watched', () => {
  const record = watched(48, (hour) => ({ cpu: 200 + 50 * (hour % 3), memory: GIB * (1 + (hour % 5)) }));
  const current = { cpu: 2000, memory: 8 * GIB };
  const before = recommend(current, record, settings);
  const after = recommend(current, restored(record, 48 * HOUR, 0), settings);
  assert.deepEqual(after, before);
  const short = restored(
    watched(5, () => ({ cpu: 200, memory: GIB })),
    5 * HOUR,
    0,
  );
  assert.equal(recommend(current, short, settings), undefined);
  for (let minute = 0; minute <= 60; minute++) short.observe({ cpu: 200, memory: GIB }, minute * 60_000);
  assert.ok(recommend(current, short, settings));
});

test('the peak of an hour is replaced by a higher one also after a restart', () => {
  const record = watched(47.5, () => ({ cpu: 100, memory: GIB }));
  const going = restored(record, 47.5 * HOUR, 0);
  for (const one of [record, going]) {
    const fromMs = one === record ? 47.5 * HOUR : 0;
    for (let minute = 1; minute < 29; minute++) one.observe({ cpu: 100, memory: 3 * GIB }, fromMs + minute * 60_000);
  }
  const [expected, found] = [record, going].map((one) => one.percentiles({ ...settings, memoryPercentile: 0.97 }));
  assert.deepEqual(found, expected);
});

test('a record that is cut off anywhere is refused', () => {
  const writer = new ByteWriter();
  watched(12, (hour) => ({ cpu: 100 * hour, memory: GIB * (1 + hour) })).save(writer, 12 * HOUR);
  const bytes = atob(writer.text());
  for (let length = 0; length < bytes.length; length++) {
    const read = () => new UsageRecord(settings).restore(new ByteReader(btoa(bytes.slice(0, length))), 0);
    assert.throws(read, (error) => hasCode(error, 'record-damaged'));
  }
});

test('waste is in cores, memory, watts and money, and what lacks does not offset what is too much', () => {
  const machines = [
    { current: { cpu: 4000, memory: 8 * GIB }, recommended: { cpu: 1000, memory: 2 * GIB } },
    { current: { cpu: 1000, memory: GIB }, recommended: { cpu: 9000, memory: 64 * GIB } },
  ];
  const hosts = [{ capacity: { cpu: 12_000, memory: 12 * GIB }, watts: [100, 200], load: 0.5 }];
  const prices = { coreHour: 0.02, gibHour: 0.01, kilowattHour: 0.4 };
  const waste = wasteOf({ machines, hosts, prices });
  assert.equal(waste.cores, 3);
  assert.equal(waste.gib, 6);
  assert.equal(waste.watts, 75);
  assert.ok(Math.abs((waste.costPerHour ?? 0) - (0.06 + 0.06 + 0.03)) < 1e-9);
  assert.deepEqual(wasteOf({ machines: [], hosts: [] }), { cores: 0, gib: 0, watts: 0 });
});
