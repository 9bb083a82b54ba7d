import assert from 'node:assert/strict';
import { test } from 'node:test';
import { switches } from './guest-processors.ts';

const processors = (...online: boolean[]) =>
  online.map((on, id) => ({ 'logical-id': id, online: on, 'can-offline': id > 0 }));

test('the first processors are switched on and the others off, and nothing is switched that is so already', () => {
  assert.deepEqual(switches(processors(true, true, true, true), 2), [
    { 'logical-id': 2, online: false },
    { 'logical-id': 3, online: false },
  ]);
  assert.deepEqual(switches(processors(true, false, false).toReversed(), 2), [{ 'logical-id': 1, online: true }]);
  assert.deepEqual(switches(processors(true, true), 2), []);
});

test('one that cannot be switched off stays on', () => {
  assert.deepEqual(switches(processors(true), 0), []);
  assert.deepEqual(switches([], 4), []);
});
