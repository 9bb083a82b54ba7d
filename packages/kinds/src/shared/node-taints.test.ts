import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Node, node } from '../node.ts';
import { sleepOf, withSleep } from './node-taints.ts';

const OTHER = { key: 'room', value: '7', effect: 'NoSchedule' } as const;

const nodeWith = (ready: 'True' | 'False', sleep?: 'asleep' | 'waking'): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a' },
  spec: { taints: withSleep([OTHER], sleep) },
  status: { conditions: [{ type: 'Ready', status: ready }] },
});

const shown = (item: Node) => node.columns.find(({ name }) => name === 'Status')?.value(item, 0);

test('sleep is a taint among others, of which there is one at most', () => {
  assert.equal(sleepOf(nodeWith('True')), undefined);
  assert.equal(sleepOf(nodeWith('False', 'waking')), 'waking');
  const { spec } = nodeWith('False', 'asleep');
  assert.deepEqual(
    withSleep(spec?.taints, 'waking').map(({ key, value }) => [key, value]),
    [
      ['room', '7'],
      ['godwit.dev/asleep', 'waking'],
    ],
  );
  assert.deepEqual(withSleep(spec?.taints, undefined), [OTHER]);
});

test('people are told that a node sleeps or wakes, and not that it is missing', () => {
  assert.deepEqual(
    [nodeWith('True'), nodeWith('False'), nodeWith('False', 'asleep'), nodeWith('False', 'waking')].map(shown),
    ['Ready', 'NotReady', 'Asleep', 'Waking'],
  );
});

test('a taint that says something else of sleep than there is, is refused', () => {
  const faults = (value: string, effect: 'NoSchedule' | 'NoExecute') => {
    const spec = { taints: [{ key: 'godwit.dev/asleep', value, effect }] };
    return node.validate?.({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' }, spec }, {}) ?? [];
  };
  for (const sleep of ['asleep', 'waking']) assert.deepEqual(faults(sleep, 'NoSchedule'), []);
  assert.match(faults('awake', 'NoSchedule')[0]?.message ?? '', /must be asleep or waking/);
  assert.deepEqual(
    faults('asleep', 'NoExecute').map(({ field }) => field),
    ['spec.taints[0]'],
  );
});
