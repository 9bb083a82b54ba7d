import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BalancePolicySpec } from '@godwit/kinds';
import { planBalance } from './plan.ts';
import type { BalanceMachine, Situation } from './situation.ts';
import { hostOf, machineOf, situationOf, testSettings } from './test-support/situation.ts';
import { whyBusy } from './why-busy.ts';

const pack = { placement: { strategy: 'pack' as const } };
const two = [hostOf('a'), hostOf('b')];

function reasonsOf(situation: Situation, spec: BalancePolicySpec = pack) {
  const settings = testSettings(spec);
  const found = whyBusy(situation, settings, planBalance(situation, settings));
  return Object.fromEntries(found.map(({ host, reason }) => [situation.hosts[host]?.name, reason]));
}

const both = (more: Partial<BalanceMachine>, cpu = 100) => [machineOf(0, cpu, more), machineOf(1, cpu, more)];

test('what keeps a host from being emptied is told, whatever it is', () => {
  const why = (situation: Situation, spec: BalancePolicySpec = pack) => reasonsOf(situation, spec).a?.why;
  assert.equal(why(situationOf(two, both({ movable: false }))), 'stays');
  assert.equal(why(situationOf(two, both({ movedMs: 9_999_000 }))), 'moved-lately');
  assert.deepEqual(reasonsOf(situationOf(two, both({}, 600))).a, { why: 'no-host', machine: 0, room: false });
  const apart = situationOf(two, both({}), { allows: (machine, host) => machine === host });
  assert.deepEqual(reasonsOf(apart).a, { why: 'no-host', machine: 0, room: true });
  const essential = two.map((host) => ({ ...host, essential: true }));
  assert.equal(why(situationOf(essential, both({}))), 'control-plane');
  assert.equal(why(situationOf([hostOf('a', { open: false }), hostOf('b')], [machineOf(0, 1)])), 'closed');
  assert.equal(why(situationOf(two, both({})), { ...pack, reserve: { hosts: 1 } }), 'reserve');
  const none = { ...pack, balance: { maximumMovesPerHour: 0 } };
  assert.deepEqual(reasonsOf(situationOf(two, both({})), none).a, { why: 'budget', moves: 1, left: 0 });
});

test('a host that would not pay says what being empty saves, and what that costs', () => {
  const { a } = reasonsOf(situationOf(two, both({ moveSeconds: 100_000 })));
  // 100 W idle for 1800 s against 50 W for 100,000 s.
  assert.deepEqual(a, { why: 'cost', moves: 1, gain: 180_000, cost: 5_000_000 });
});

test('what the plan empties is not told, and who takes its machines is told so', () => {
  const reasons = reasonsOf(situationOf(two, [machineOf(0, 10), machineOf(1, 300)]));
  assert.deepEqual(reasons, { b: { why: 'received' } });
});

test('policies that do not empty hosts have nothing to say', () => {
  assert.deepEqual(reasonsOf(situationOf(two, both({})), { placement: { strategy: 'spread' } }), {});
  assert.deepEqual(reasonsOf(situationOf(two, both({})), { ...pack, balance: { mode: 'off' } }), {});
});
