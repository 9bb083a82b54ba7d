import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageOf, humanDuration } from './duration.ts';

test('ages are printed as kubectl prints them', () => {
  const second = 1000;
  const minute = 60 * second;
  const hour = 60 * minute;
  const day = 24 * hour;
  const cases: [number, string][] = [
    [0, '0s'],
    [-1 * second, '0s'],
    [-10 * second, '<invalid>'],
    [119 * second, '119s'],
    [120 * second, '2m'],
    [150 * second, '2m30s'],
    [10 * minute, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 5 * minute, '3h5m'],
    [47 * hour, '47h'],
    [48 * hour, '2d'],
    [50 * hour, '2d2h'],
    [9 * day, '9d'],
    [800 * day, '2y70d'],
    [3000 * day, '8y'],
  ];
  for (const [ms, text] of cases) assert.equal(humanDuration(ms), text);
});

test('an age of nothing is unknown', () => {
  assert.equal(ageOf(undefined, 0), '<unknown>');
  assert.equal(ageOf('soon', 0), '<unknown>');
  assert.equal(ageOf('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:00:05Z')), '5s');
});
