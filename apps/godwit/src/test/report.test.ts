import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from './outcome.ts';
import { missedLines, tableLines } from './report.ts';

const outcomes: readonly Outcome[] = [
  {
    tier: 'check',
    passed: 4,
    failures: [{ file: 'types', name: '', reason: 'a.ts(1,1): error\nb.ts(2,2): error' }],
    skipped: [],
    durationMs: 12_300,
  },
  {
    tier: 'e2e',
    passed: 100,
    failures: [
      { file: 'test/a.test.ts', name: 'one', reason: 'no cloud' },
      { file: 'test/a.test.ts', name: 'two', reason: 'no cloud' },
      { file: 'test/a.test.ts', name: 'three', reason: '1 !== 2' },
      { file: 'test/b.test.ts', name: 'four', reason: '1 !== 2' },
    ],
    skipped: [{ file: 'test/c.test.ts', name: 'five', reason: 'no qemu' }],
    durationMs: 600_000,
  },
];

test('what failed is listed by tier and file, with what several share said once', () => {
  assert.equal(
    missedLines(outcomes, 'failures').join('\n'),
    `
check: types
    a.ts(1,1): error
    b.ts(2,2): error

e2e: test/a.test.ts
  one
  two
    no cloud

e2e: test/a.test.ts
  three
    1 !== 2

e2e: test/b.test.ts
  four
    1 !== 2`,
  );
  assert.deepEqual(missedLines(outcomes, 'skipped'), ['', 'e2e: test/c.test.ts', '  five', '    no qemu']);
  assert.deepEqual(missedLines([], 'failures'), []);
});

test('the table says of each tier and of all what it counted, and how long it took', () => {
  assert.deepEqual(tableLines(outcomes), [
    'tier   passed  failed  skipped         took',
    'check       4       1        0       12.3 s',
    'e2e       100       4        1       10 min',
    'all       104       5        1  10 min 12 s',
  ]);
});
