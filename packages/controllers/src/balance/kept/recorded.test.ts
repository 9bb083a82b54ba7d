import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Stored } from '@godwit/kinds';
import { decisionAnnotation } from '@godwit/planner';
import type { Machine } from '../../scheduler/schedulable-machine.ts';
import { recorded } from './recorded.ts';

const NOW = { monotonicMs: 5_000, wallMs: 1_000_000_000_000 };
const NOW_SECONDS = NOW.wallMs / 1000;
const move = { v: 1, do: 'move', by: 'balance-controller', policy: 'p', to: 'b', why: { is: 'overload' } };

const machine = (name: string, records: unknown, more: object = {}, kind = 'VirtualMachineInstance') =>
  ({
    kind,
    metadata: {
      name,
      namespace: 'default',
      annotations: records === undefined ? {} : { [decisionAnnotation]: JSON.stringify(records) },
    },
    spec: {},
    ...more,
  }) as unknown as Machine;

test('when machines moved stands in their records and in their state, whoever wanted it', () => {
  const startTimestamp = new Date(NOW.wallMs - 90_000).toISOString();
  const machines = [
    machine('one', [
      { ...move, at: NOW_SECONDS - 60 },
      { ...move, at: NOW_SECONDS - 600 },
    ]),
    machine('two', { ...move, at: NOW_SECONDS - 30, policy: 'another' }),
    machine('three', undefined, { status: { migrationState: { startTimestamp } } }),
    machine('four', { v: 1, host: 'a', at: NOW_SECONDS }),
    machine('five', undefined),
    machine('six', { ...move, at: NOW_SECONDS - 60 }, {}, 'Pod'),
  ];
  const { movedMs, movesMs } = recorded({ machines, nodes: [] }, 'p', NOW);
  assert.deepEqual(Object.fromEntries(movedMs), {
    'vmi/default/one': -55_000,
    'vmi/default/two': -25_000,
    'vmi/default/three': -85_000,
  });
  assert.deepEqual(movesMs, [-55_000, -595_000]);
});

test('records that come from a clock that was ahead count as of now, and what cannot be read not at all', () => {
  const machines = [
    machine('ahead', { ...move, at: NOW_SECONDS + 86_400 }),
    machine('odd', { ...move, at: '"do":"move"' }),
    machine('damaged', undefined, {
      metadata: { name: 'damaged', namespace: 'default', annotations: { [decisionAnnotation]: '{"do":"move"' } },
    }),
  ];
  const { movedMs, movesMs } = recorded({ machines, nodes: [] }, 'p', NOW);
  assert.deepEqual([...movedMs], [['vmi/default/ahead', NOW.monotonicMs]]);
  assert.deepEqual(movesMs, [NOW.monotonicMs]);
});

test('hosts that wake are known, and since when', () => {
  const node = (name: string, value: string, at?: number) =>
    ({
      kind: 'Node',
      metadata: {
        name,
        annotations:
          at === undefined ? {} : { [decisionAnnotation]: JSON.stringify({ ...move, do: 'power', to: 'on', at }) },
      },
      spec: { taints: [{ key: 'godwit.dev/asleep', value, effect: 'NoSchedule' }] },
    }) as unknown as Stored<Node>;
  const nodes = [node('a', 'waking', NOW_SECONDS - 100), node('b', 'asleep', NOW_SECONDS - 100), node('c', 'waking')];
  assert.deepEqual(
    [...recorded({ machines: [], nodes }, 'p', NOW).wakingMs],
    [
      ['a', -95_000],
      ['c', 5_000],
    ],
  );
});
