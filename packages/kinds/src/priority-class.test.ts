import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PriorityClass, priorityClass } from './priority-class.ts';

const faultsOf = (name: string, value: number) =>
  (priorityClass.validate?.({ metadata: { name }, value } as PriorityClass, {}) ?? []).map(({ field }) => field);

test('the names and the highest numbers belong to the system', () => {
  assert.deepEqual(faultsOf('important', 1_000_000_000), []);
  assert.deepEqual(faultsOf('negative', -2_147_483_648), []);
  assert.deepEqual(faultsOf('important', 1_000_000_001), ['value']);
  assert.deepEqual(faultsOf('system-mine', 1), ['metadata.name']);
  assert.deepEqual(faultsOf('system-node-critical', 2_000_001_000), []);
  assert.deepEqual(faultsOf('system-node-critical', 2_000_001_001), ['metadata.name', 'value']);
});
