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
  assert.deepEqual([...groupsAsked(snapshot, examples).keys()], [...examples.keys()]);
});

test('of many the largest are, and first those of which there is none yet', () => {
  const { snapshot, examples } = cloudOf(20);
  const asked = [...groupsAsked(snapshot, examples).keys()];
  assert.deepEqual(asked.slice(0, 3), ['new', 'group-20', 'group-19']);
  assert.equal(asked.length, 12);
});
