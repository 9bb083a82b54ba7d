import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatDuration } from './units.ts';

test('bytes are told in the largest unit that fits', () => {
  assert.deepEqual([0, 1023, 1024, 1536, 150 * 1024, 3 * 1024 ** 3].map(formatBytes), [
    '0 B',
    '1023 B',
    '1 KiB',
    '1.5 KiB',
    '150 KiB',
    '3 GiB',
  ]);
});

test('durations are told in at most two units', () => {
  assert.deepEqual([5, 2400, 200_000, 21_600_000, 18_120_000, 273_600_000].map(formatDuration), [
    '5 ms',
    '2.4 s',
    '3 min 20 s',
    '6 h',
    '5 h 2 min',
    '3 d 4 h',
  ]);
});
