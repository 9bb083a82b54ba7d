import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScenarioSpec } from '@godwit/kinds';
import { placeCalled } from './places.ts';
import { makePlan } from './plan.ts';

const CLOUD: ScenarioSpec = {
  hosts: [{ name: 'host', count: 6, cpu: '8', memory: '32Gi', racks: 3 }],
  machines: [{ name: 'desk', count: 3, cpu: '1', memory: '1Gi' }],
};
const noTraces = (): string => '';
const planned = (events: NonNullable<ScenarioSpec['events']>) => makePlan('x', { ...CLOUD, events }, noTraces).events;

test('events come in order, and name the hosts that they mean', () => {
  const events = planned([
    { at: '2h', maintain: { host: 'host-4' }, for: '1h' },
    { at: '1h', lose: { rack: 'rack-1' }, for: '1h' },
  ]);
  assert.deepEqual(
    events.map(({ atMs, hosts }) => [atMs, hosts]),
    [
      [3_600_000, ['host-1', 'host-4']],
      [7_200_000, ['host-4']],
    ],
  );
});

test('a place that there is not is refused, with where it stands and what there is', () => {
  assert.throws(() => planned([{ at: '1m', lose: { rack: 'rack-9' } }]), {
    code: 'no-such-place',
    message: 'spec.events[0].lose.rack: there is no rack rack-9; racks are rack-0, rack-1, rack-2',
  });
});

test('what is lost cannot be lost again, and not be maintained, until it is back', () => {
  const refused = (...events: NonNullable<ScenarioSpec['events']>) =>
    assert.throws(() => planned(events), { code: 'contradictory-events', message: /spec\.events\[1\]: host-1 is/ });
  refused({ at: '1h', lose: { rack: 'rack-1' } }, { at: '9h', lose: { host: 'host-1' } });
  refused({ at: '2h', maintain: { host: 'host-1' }, for: '2h' }, { at: '1h', lose: { rack: 'rack-1' }, for: '90m' });
});

test('machines that there are not cannot become more', () => {
  assert.throws(() => planned([{ at: '1m', add: { machines: 'desks', count: 1 } }]), {
    code: 'no-such-machines',
    message: 'spec.events[0].add.machines: there are no machines desks; there are desk',
  });
});

test('a name is the place that is called so; where two are, it has to be said which', () => {
  const host = (name: string, rack: string) => ({ name, labels: { 'topology.godwit.dev/rack': rack } });
  const hosts = [host('a', 'r1'), host('b', 'b')];
  assert.deepEqual(placeCalled('r1', hosts), { rack: 'r1' });
  assert.deepEqual(placeCalled('rack=b', hosts), { rack: 'b' });
  assert.throws(() => placeCalled('b', hosts), { message: 'b is a host and a rack: say host=b or rack=b' });
  assert.throws(() => placeCalled('zone=z', hosts), { message: 'there is no zone z; no host has a zone' });
});
