import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '@godwit/kinds';
import { blocks, FOREGROUND, goesLast, judge, leavesOrphans, ORPHAN, type OwnerState } from './judge.ts';

const object = (metadata: KubeObject['metadata'] = {}): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata });
const owners = (...states: OwnerState[]) =>
  states.map((state, i) => ({ state, reference: { apiVersion: 'v1', kind: 'Owner', name: `o${i}`, uid: `u${i}` } }));

test('an object stays as long as nothing is known to be missing', () => {
  for (const states of [[], ['present'], ['unknown'], ['present', 'unknown']] as OwnerState[][])
    assert.deepEqual(judge(object(), owners(...states), []), { type: 'leave' });
});

test('an object without an owner left is deleted', () => {
  assert.deepEqual(judge(object(), owners('absent'), []), { type: 'delete', propagation: 'Background' });
  assert.deepEqual(judge(object(), owners('absent', 'going last'), []), { type: 'delete', propagation: 'Background' });
});

test('with an owner left, only the references to the others go', () => {
  assert.deepEqual(judge(object(), owners('present', 'absent', 'going last'), []), {
    type: 'disown',
    uids: ['u1', 'u2'],
  });
});

test('nothing is deleted while an owner cannot be seen', () => {
  assert.deepEqual(judge(object(), owners('unknown', 'absent'), []), { type: 'leave' });
});

test('what goes because its owner goes last takes its own dependents along first', () => {
  const states = owners('going last');
  assert.deepEqual(judge(object(), states, [object()]), { type: 'delete', propagation: 'Foreground' });
  assert.deepEqual(judge(object(), states, []), { type: 'delete', propagation: 'Background' });
});

test('a circle of owners does not wait for itself', () => {
  const waiting = object({ deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [FOREGROUND] });
  assert.deepEqual(judge(object(), owners('going last'), [waiting]), { type: 'delete', propagation: 'Background' });
});

test("an object's own finalizers say how it wants to go", () => {
  assert.deepEqual(judge(object({ finalizers: [ORPHAN] }), owners('absent'), []), {
    type: 'delete',
    propagation: 'Orphan',
  });
  assert.deepEqual(judge(object({ finalizers: [FOREGROUND] }), owners('absent'), []), {
    type: 'delete',
    propagation: 'Foreground',
  });
});

test('finalizers count only on the way out', () => {
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  assert.ok(!goesLast(object({ finalizers: [FOREGROUND] })) && !leavesOrphans(object({ finalizers: [ORPHAN] })));
  assert.ok(goesLast(object({ deletionTimestamp, finalizers: [FOREGROUND] })));
  assert.ok(leavesOrphans(object({ deletionTimestamp, finalizers: [ORPHAN] })));
});

test('only a reference that says so blocks', () => {
  const reference = { apiVersion: 'v1', kind: 'Owner', name: 'o', uid: 'u' };
  assert.ok(!blocks(object({ ownerReferences: [reference] }), 'u'));
  assert.ok(blocks(object({ ownerReferences: [{ ...reference, blockOwnerDeletion: true }] }), 'u'));
  assert.ok(!blocks(object({ ownerReferences: [{ ...reference, blockOwnerDeletion: true }] }), 'other'));
});
