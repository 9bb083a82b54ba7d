import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagsIn, groupsNamed, scenarioOf } from './questions.ts';

const rack = (name: string) => ({ rack: name });

test('questions make a scenario of their own', () => {
  const { spec } = scenarioOf(
    {
      lose: ['rack-3'],
      grow: '3',
      fit: ['cpu=2,memory=4Gi', 'kind=Pod,name=web,cpu=500m'],
      policy: ['pack'],
      reserve: '2',
    },
    undefined,
    rack,
  );
  assert.deepEqual(spec, {
    duration: '1h',
    growth: { percentPerWeek: 3 },
    reserveHosts: 2,
    events: [{ at: '10m', lose: { rack: 'rack-3' }, for: '30m' }],
    machines: [
      { name: 'size-1', kind: 'VirtualMachine', count: 0, cpu: '2', memory: '4Gi' },
      { name: 'web', kind: 'Pod', count: 0, cpu: '500m', memory: '0' },
    ],
    policies: [{ name: 'pack', placement: { strategy: 'pack' } }],
  });
});

test('they come on top of a scenario that is given', () => {
  const given = {
    apiVersion: 'godwit.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'month' },
    spec: { duration: '4w', events: [{ at: '1d', lose: { host: 'a' } }] },
  };
  const { metadata, spec } = scenarioOf({ lose: ['rack-3'], for: '2d' }, given, rack);
  assert.equal(metadata.name, 'month');
  assert.equal(spec.duration, '2d');
  assert.deepEqual(spec.events?.length, 2);
  assert.deepEqual(scenarioOf({}, given, rack).spec, given.spec);
});

test('what is wrong with a question is told in its own words', () => {
  assert.throws(() => scenarioOf({ grow: 'much' }, undefined, rack), { message: '--grow much: is no number' });
  assert.throws(() => scenarioOf({ fit: ['size=4Gi'] }, undefined, rack), {
    message: /^--fit size=4Gi: say it as cpu=2,memory=4Gi/,
  });
  assert.throws(() => scenarioOf({ fit: ['name=x'] }, undefined, rack), { message: '--fit name=x: says no size' });
  assert.throws(() => scenarioOf({ policy: ['best'] }, undefined, rack), { message: /is none of spread, pack/ });
  const told =
    'Scenario.godwit.dev "questions" is invalid: spec.growth.percentPerWeek: Invalid value: -300: too little';
  assert.equal(flagsIn(told, undefined), '--grow: Invalid value: -300: too little');
  assert.equal(flagsIn('spec.machines[0].cpu: no', undefined), '--fit cpu: no');
});

test('--fit names groups, too', () => {
  const asked = { fit: ['web', 'cpu=2'] };
  assert.deepEqual(groupsNamed(asked), ['web']);
  assert.deepEqual(
    scenarioOf(asked, undefined, rack).spec.machines?.map(({ name }) => name),
    ['size-1'],
  );
});
