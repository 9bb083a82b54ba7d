import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersOf } from './kernel-list.ts';

test('processors are listed as the kernel does', () => {
  assert.deepEqual(numbersOf('0-3,8\n'), [0, 1, 2, 3, 8]);
  assert.deepEqual(numbersOf('5'), [5]);
  assert.deepEqual(numbersOf(''), []);
  assert.deepEqual(numbersOf('x,3-1,7'), [7]);
});
