import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PodDisruptionBudget, podDisruptionBudget } from './pod-disruption-budget.ts';

const faultsOf = (spec: object) =>
  (podDisruptionBudget.validate?.({ metadata: { name: 'x' }, spec } as PodDisruptionBudget, {}) ?? []).map(
    ({ field }) => field,
  );

test('a budget says one number or share, that can be', () => {
  for (const minAvailable of [0, 3, '0%', '100%']) assert.deepEqual(faultsOf({ minAvailable }), []);
  for (const minAvailable of [-1, '120%', '-5%', '1.5%', 'abc', '']) {
    assert.deepEqual(faultsOf({ minAvailable }), ['spec.minAvailable']);
  }
  assert.deepEqual(faultsOf({ maxUnavailable: '101%' }), ['spec.maxUnavailable']);
  assert.deepEqual(faultsOf({ minAvailable: 1, maxUnavailable: 1 }), ['spec']);
});
