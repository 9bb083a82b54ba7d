import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodDisruptionBudget, Stored } from '@godwit/kinds';
import { budgetStatus, wantedPods } from './budget-status.ts';

const now = '2026-01-01T00:00:00Z';
const nowMs = Date.parse(now);

function budgetOf(spec: NonNullable<PodDisruptionBudget['spec']>): PodDisruptionBudget {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', generation: 2 }, spec };
}

function podOf(name: string, ready: boolean, owner?: string): Stored<Pod> {
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 's', uid: owner ?? '', controller: true };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: now,
      ...(owner && { ownerReferences: [reference] }),
    },
    spec: { containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

const pods = [podOf('a', true, 's'), podOf('b', true, 's'), podOf('c', false, 's')];
const allowed = (spec: NonNullable<PodDisruptionBudget['spec']>) => {
  const budget = budgetOf(spec);
  return budgetStatus(budget, { pods, wanted: wantedPods(budget, pods, () => 4), nowMs, now }).disruptionsAllowed;
};

test('as many may go as leave enough healthy ones', () => {
  assert.equal(allowed({ minAvailable: 1 }), 1);
  assert.equal(allowed({ minAvailable: 2 }), 0);
  assert.equal(allowed({ minAvailable: '25%' }), 1);
  assert.equal(allowed({ maxUnavailable: 2 }), 0);
  assert.equal(allowed({ maxUnavailable: 3 }), 1);
  assert.equal(allowed({ maxUnavailable: '100%' }), 2);
});

test('shares are of what the sets ask for, and of single pods', () => {
  const budget = budgetOf({ maxUnavailable: 1 });
  assert.equal(
    wantedPods(budget, [...pods, podOf('single', true)], () => 4),
    5,
  );
});

test('a pod that was told to go does not count, for a while', () => {
  const budget = { ...budgetOf({ minAvailable: 1 }), status: { disruptedPods: { a: now, gone: now } } };
  const status = budgetStatus(budget, { pods, wanted: 3, nowMs: nowMs + 1000, now });
  assert.deepEqual(status.disruptedPods, { a: now });
  assert.equal(status.currentHealthy, 1);
  assert.equal(budgetStatus(budget, { pods, wanted: 3, nowMs: nowMs + 200_000, now }).currentHealthy, 2);
});

test('a status that is right stays as it is', () => {
  const budget = budgetOf({ minAvailable: 1 });
  const first = budgetStatus(budget, { pods, wanted: 3, nowMs, now });
  const later = { pods, wanted: 3, nowMs: nowMs + 5000, now: '2026-01-01T00:00:05Z' };
  assert.deepEqual(budgetStatus({ ...budget, status: first }, later), first);
});
