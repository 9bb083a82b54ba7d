import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from './counted.ts';

test('one is told without an s', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'move')),
    ['0 moves', '1 move', '2 moves'],
  );
  assert.equal(counted(1, 'address', 'addresses'), '1 address');
  assert.equal(counted(2, 'address', 'addresses'), '2 addresses');
});
