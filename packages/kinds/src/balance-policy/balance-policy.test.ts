import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BalancePolicySpec, balancePolicy } from './index.ts';

const faults = (spec: BalancePolicySpec) =>
  (
    balancePolicy.validate?.({ apiVersion: 'godwit.dev/v1alpha1', kind: 'BalancePolicy', metadata: {}, spec }, {}) ?? []
  ).map(({ reason, field }) => `${reason} ${field}`);

test('an empty policy is one: everything has a default', () => assert.deepEqual(faults({}), []));

test('tenants are held apart in groups of two at least, and nobody shares dedicated hosts', () => {
  const isolation = {
    tenantLabel: 'not a label!',
    apart: [{ tenants: ['one'] }, { tenants: ['one', 'one'] }],
    dedicated: [
      { tenant: 'a', nodeSelector: { room: '1' } },
      { tenant: 'b', nodeSelector: { room: '1' } },
      { tenant: 'c', nodeSelector: {} },
    ],
  };
  assert.deepEqual(faults({ placement: { isolation } }), [
    'FieldValueInvalid spec.placement.isolation.tenantLabel',
    'FieldValueInvalid spec.placement.isolation.apart[0].tenants',
    'FieldValueDuplicate spec.placement.isolation.apart[1].tenants[1]',
    'FieldValueInvalid spec.placement.isolation.dedicated[1].nodeSelector[b]',
    'FieldValueRequired spec.placement.isolation.dedicated[2].nodeSelector',
  ]);
});

test('hosts that are selected for one tenant already are not given to a second one by more labels', () => {
  const dedicated = (...selectors: readonly Record<string, string>[]) =>
    faults({
      placement: {
        isolation: { dedicated: selectors.map((nodeSelector, index) => ({ tenant: `t${index}`, nodeSelector })) },
      },
    });
  assert.deepEqual(dedicated({ x: '1' }, { x: '1', y: '2' }), [
    'FieldValueInvalid spec.placement.isolation.dedicated[1].nodeSelector[t1]',
  ]);
  assert.deepEqual(dedicated({ x: '1', y: '2' }, { x: '1' }, { x: '2', y: '2' }), []);
});

test('switching hosts off and keeping everything even are told as a contradiction', () => {
  const spec: BalancePolicySpec = { placement: { strategy: 'spread' }, power: { mode: 'automatic' } };
  assert.deepEqual(faults(spec), ['FieldValueInvalid spec.power.mode']);
  assert.deepEqual(faults({ ...spec, placement: { strategy: 'energy' } }), []);
});

test('moves that are carried out and may never happen are a contradiction', () => {
  assert.deepEqual(faults({ balance: { mode: 'automatic', maximumMovesPerHour: 0 } }), [
    'FieldValueInvalid spec.balance.maximumMovesPerHour',
  ]);
});

test('a policy that could select no host, or speaks of hosts that it does not select, is refused', () => {
  const expressions = (...matchExpressions: object[]) => ({ hostSelector: { matchExpressions } }) as BalancePolicySpec;
  const key = 'room';
  for (const contradiction of [
    [
      { key, operator: 'Exists' },
      { key, operator: 'DoesNotExist' },
    ],
    [
      { key, operator: 'In', values: ['1', '2'] },
      { key, operator: 'NotIn', values: ['2', '1'] },
    ],
    [
      { key, operator: 'In', values: ['1'] },
      { key, operator: 'In', values: ['2'] },
    ],
  ]) {
    assert.deepEqual(faults(expressions(...contradiction)), ['FieldValueInvalid spec.hostSelector']);
  }
  assert.deepEqual(
    faults(expressions({ key, operator: 'In', values: ['1', '2'] }, { key, operator: 'NotIn', values: ['2'] })),
    [],
  );
  assert.deepEqual(faults(expressions({ key, operator: 'NotIn', values: ['1'] }, { key, operator: 'Exists' })), []);
  const dedicated = (room: string) =>
    faults({
      hostSelector: { matchLabels: { room: '1' } },
      placement: { isolation: { dedicated: [{ tenant: 'a', nodeSelector: { room, floor: '3' } }] } },
    });
  assert.deepEqual(dedicated('1'), []);
  assert.deepEqual(dedicated('2'), ['FieldValueInvalid spec.placement.isolation.dedicated[0].nodeSelector']);
});

test('tenants have names', () => {
  const isolation = { apart: [{ tenants: ['a', ''] }], dedicated: [{ tenant: '', nodeSelector: { room: '1' } }] };
  assert.deepEqual(faults({ placement: { isolation } }), [
    'FieldValueInvalid spec.placement.isolation.apart[0].tenants[1]',
    'FieldValueInvalid spec.placement.isolation.dedicated[0].tenant',
  ]);
});
