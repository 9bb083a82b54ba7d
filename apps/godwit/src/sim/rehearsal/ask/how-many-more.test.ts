import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubeObject } from '@godwit/kinds';
import { type MachineRequest, requestOfMachine, Snapshot } from '@godwit/planner';
import { groupsAsked } from './how-many-more.ts';

const machine = (group: string, number: number): MachineRequest =>
  requestOfMachine({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'x',
      name: `${group}-${number}`,
      uid: `${group}-${number}`,
      labels: { 'sim.godwit.dev/group': group },
    },
    spec: { containers: [] },
  } as unknown as KubeObject);

/** Groups of one machine, of two, of three and so on. */
function cloudOf(groups: number) {
  const snapshot = new Snapshot();
  snapshot.setHost({ name: 'h', labels: {}, taints: [], ready: true, schedulable: true, capacity: { pods: 1000 } });
  const names = Array.from({ length: groups }, (_, index) => `group-${index + 1}`);
  names.forEach((name, index) => {
    for (let number = 0; number <= index; number++) snapshot.put(machine(name, number), 'h');
  });
  return { snapshot, examples: new Map([...names, 'new'].map((name) => [name, machine(name, 0)])) };
}

test('of few groups all are asked of, in their order', () => {
  const { snapshot, examples } = cloudOf(5);
  const { asked, unasked } = groupsAsked(snapshot, examples);
  assert.deepEqual([...asked.keys()], [...examples.keys()]);
  assert.deepEqual(unasked, []);
});

test('of many the largest are, and first those of which there is none yet; the others are named', () => {
  const { snapshot, examples } = cloudOf(14);
  const { asked, unasked } = groupsAsked(snapshot, examples);
  assert.deepEqual([...asked.keys()].slice(0, 3), ['new', 'group-14', 'group-13']);
  assert.equal(asked.size, 12);
  assert.deepEqual(unasked, ['group-3', 'group-2', 'group-1']);
});

test('who is named is asked of, however small', () => {
  const { snapshot, examples } = cloudOf(20);
  const { asked, unasked } = groupsAsked(snapshot, examples, ['group-2']);
  assert.deepEqual([...asked.keys()].slice(0, 3), ['group-2', 'new', 'group-20']);
  assert.equal(unasked.includes('group-2'), false);
});
