import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from './duration.ts';
import { type ScenarioSpec, scenario } from './scenario.ts';

function faultsOf(spec: ScenarioSpec): (string | undefined)[] {
  const item = { apiVersion: 'godwit.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'x' }, spec };
  return (scenario.validate?.(item, {}) ?? []).map(({ field }) => field);
}

const web = { name: 'web', count: 3, cpu: '1', memory: '1Gi' };

test('durations are numbers with units, one after the other', () => {
  assert.equal(durationMs('1h30m'), 5_400_000);
  assert.equal(durationMs('0s'), 0);
  for (const wrong of ['', '5', 'm', '-1h', '1 h', '1y']) assert.equal(durationMs(wrong), undefined, wrong);
});

test('a scenario of sense has no faults', () => {
  const spec: ScenarioSpec = {
    duration: '7d',
    hosts: [{ name: 'big', count: 4, cpu: '64', memory: '256Gi', racks: 2 }],
    machines: [{ ...web, load: { low: 0.1, high: 0.7 }, growth: { percentPerWeek: 3 } }],
    events: [
      { at: '6h', lose: { rack: 'rack-1' }, for: '1h' },
      { at: '8h', add: { machines: 'web', count: 2 } },
    ],
  };
  assert.deepEqual(faultsOf(spec), []);
});

test('what contradicts itself or cannot be is refused', () => {
  const host = { name: 'h', count: 1, cpu: '-4', memory: 'much', idleWatts: 9, fullWatts: 3, zones: 2 };
  assert.deepEqual(faultsOf({ hosts: [host] }), [
    'spec.hosts[0].cpu',
    'spec.hosts[0].memory',
    'spec.hosts[0].fullWatts',
    'spec.hosts[0].zones',
  ]);
  assert.deepEqual(faultsOf({ machines: [{ ...web, load: { constant: 1, trace: 'x' } }] }), ['spec.machines[0].load']);
  assert.deepEqual(faultsOf({ machines: [{ ...web, load: { low: 2, high: 1 } }] }), ['spec.machines[0].load.high']);
  assert.deepEqual(faultsOf({ events: [{ at: '1h' }] }), ['spec.events[0]']);
  assert.deepEqual(faultsOf({ events: [{ at: 'soon', lose: {} }] }), ['spec.events[0].at', 'spec.events[0].lose']);
  assert.deepEqual(faultsOf({ events: [{ at: '1h', add: { machines: 'db', count: 1 } }] }), [
    'spec.events[0].add.machines',
  ]);
  assert.deepEqual(faultsOf({ duration: '1s', sampleEvery: '9w' }), ['spec.duration', 'spec.sampleEvery']);
});
