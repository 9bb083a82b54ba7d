import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flawsOf, traceOf } from './trace.ts';

test('a hole is bridged by a straight line, what is below nothing is nothing, and both are told', () => {
  const text = 'time,load\n0,10\n1,\n2,30\n\n3,-5\n4,10\n';
  assert.deepEqual(flawsOf('x.csv', text), { name: 'x.csv', lines: 5, holes: 1, negative: 1 });
  const { at, highest } = traceOf('x.csv', '1m', text);
  assert.deepEqual([at(0), at(60_000), at(120_000), at(180_000), highest], [10, 20, 30, 0, 30]);
  assert.deepEqual(flawsOf('good', '1\n2\n3'), { name: 'good', lines: 3, holes: 0, negative: 0 });
});

test('a trace of nothing, and one that is mostly holes, are refused with where it is wrong', () => {
  assert.throws(() => flawsOf('x.csv', 'time,load\n\n'), { code: 'empty-trace' });
  assert.throws(() => flawsOf('x.csv', 'load\n1\nno\nnone\n\nnever\n2'), {
    code: 'trace-holes',
    message: /x\.csv: 3 of 5 lines hold no number, the first is line 3/,
  });
});
