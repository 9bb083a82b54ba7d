import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainRequest, Snapshot } from '@godwit/planner';
import { HeldRoom } from './held-room.ts';

const machine = (uid: string, cpu: number) => plainRequest({ uid, namespace: 'default', amounts: { cpu } });

/** A host of four cores with `a` and `b` on it, one core each, and how much of it is free. */
function hostWithTwo() {
  const snapshot = new Snapshot();
  snapshot.setHost({ name: 'h', labels: {}, taints: [], capacity: { cpu: 4000 }, ready: true, schedulable: true });
  const [a, b] = [machine('a', 1000), machine('b', 1000)];
  for (const one of [a, b]) snapshot.put(one, 'h');
  return { snapshot, a, b, held: new HeldRoom(snapshot), free: () => snapshot.free('cpu', 0) };
}

test('all that a machine will need is held, from the beginning until it is placed', () => {
  const { snapshot, a, b, held, free } = hostWithTwo();
  held.claim(machine('new', 3500), 'h', [a], [b]);
  assert.equal(free(), 500);
  snapshot.remove('a');
  held.gone(a);
  assert.equal(free(), 500);
  assert.equal(held.isWaiting('new'), true);
  snapshot.remove('b');
  held.gone(b);
  assert.deepEqual([free(), held.isWaiting('new'), held.victimsOf('new')], [500, false, ['default/a']]);
  held.vacate('new');
  assert.equal(free(), 4000);
  held.restore('new');
  assert.equal(free(), 500);
  held.release('new');
  assert.deepEqual([free(), held.has('new')], [4000, false]);
});

test('who stays after all is not waited for, and what the others leave is held', () => {
  const { snapshot, a, b, held, free } = hostWithTwo();
  held.claim(machine('new', 4000), 'h', [a, b]);
  held.stay('new', [b]);
  assert.deepEqual([held.isLeavingFor('a'), held.isLeavingFor('b')], [true, false]);
  snapshot.remove('a');
  held.gone(a);
  assert.deepEqual([free(), held.isWaiting('new')], [0, false]);
});
