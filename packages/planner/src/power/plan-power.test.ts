import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Floor } from '../balance/floor.ts';
import { holdsReserve } from '../balance/reserve.ts';
import { hostOf, machineOf, situationOf, testSettings } from '../balance/test-support/situation.ts';
import { planPower } from './plan-power.ts';

const nothing = { asked: [] };
const idle = { emptySinceMs: 0 };

test('hosts that have been empty for long go to sleep, the costliest first, but for the fewest', () => {
  const hosts = [hostOf('a'), hostOf('b', idle), hostOf('c', { ...idle, watts: [300, 500] })];
  const { sleep, wake } = planPower(situationOf(hosts, [machineOf(0, 100)]), testSettings(), nothing);
  assert.deepEqual(wake, []);
  assert.deepEqual(
    sleep.map(({ host }) => host),
    [2, 1],
  );
  const two = testSettings({ power: { minimumHosts: 2 } });
  assert.deepEqual(
    planPower(situationOf(hosts, [machineOf(0, 100)]), two, nothing).sleep.map(({ host }) => host),
    [2],
  );
});

test('hosts of the control plane, cordoned ones and those just emptied stay on', () => {
  const hosts = [
    hostOf('a'),
    hostOf('b', { ...idle, essential: true }),
    hostOf('c', { emptySinceMs: 9_999_000 }),
    hostOf('d', { ...idle, open: false }),
    hostOf('e'),
  ];
  assert.deepEqual(planPower(situationOf(hosts, [machineOf(0, 100)]), testSettings(), nothing).sleep, []);
});

test('the reserve keeps hosts on, and wakes them', () => {
  const settings = testSettings({ reserve: { hosts: 1 } });
  const awake = [hostOf('a'), hostOf('b', idle), hostOf('c', idle)];
  const machines = [machineOf(0, 400)];
  assert.equal(planPower(situationOf(awake, machines), settings, nothing).sleep.length, 1);
  const asleep = [hostOf('a'), hostOf('b', { power: 'off' }), hostOf('c', { power: 'off' })];
  assert.deepEqual(planPower(situationOf(asleep, machines), settings, nothing).wake, [{ host: 1, why: 'reserve' }]);
});

test('a reserve larger than the cluster wakes nothing, and lets nothing sleep', () => {
  const settings = testSettings({ reserve: { hosts: 9 } });
  const hosts = [hostOf('a'), hostOf('b', idle), hostOf('c', { power: 'off' })];
  assert.deepEqual(planPower(situationOf(hosts, [machineOf(0, 10)]), settings, nothing), { wake: [], sleep: [] });
});

test('hosts are woken ahead of the load that is forecast', () => {
  const hosts = [hostOf('a'), hostOf('b', { power: 'off' }), hostOf('c', { power: 'off' })];
  const situation = situationOf(hosts, [machineOf(0, 300)]);
  const { wake } = planPower(situation, testSettings(), { forecastCpu: 1700, asked: [] });
  assert.deepEqual(
    wake.map(({ why }) => why),
    ['load'],
  );
  assert.deepEqual(planPower(situation, testSettings(), { forecastCpu: Number.NaN, asked: [] }).wake, []);
});

test('hosts are woken for machines that wait, and those that have machines although they sleep', () => {
  const hosts = [hostOf('a'), hostOf('b', { power: 'off' }), hostOf('c', { power: 'off' })];
  const { wake } = planPower(situationOf(hosts, [machineOf(2, 10)]), testSettings(), { asked: [], waiting: [1, 2] });
  assert.deepEqual(wake, [
    { host: 2, why: 'occupied' },
    { host: 1, why: 'waiting' },
  ]);
});

test('what a plan asks for is woken', () => {
  const hosts = [hostOf('a'), hostOf('b', { power: 'off' })];
  assert.deepEqual(planPower(situationOf(hosts, []), testSettings(), { asked: [1] }).wake, [
    { host: 1, why: 'asked-for' },
  ]);
});

test('sleeping never takes a reserve away, an essential host or one with machines', () => {
  const host = fc.record({
    on: fc.boolean(),
    open: fc.boolean(),
    essential: fc.boolean(),
    cpu: fc.integer({ min: 1, max: 2000 }),
  });
  const machine = fc.record({ at: fc.nat(), cpu: fc.integer({ min: 0, max: 900 }) });
  fc.assert(
    fc.property(
      fc.array(host, { minLength: 1, maxLength: 8 }),
      fc.array(machine, { maxLength: 12 }),
      fc.nat(3),
      (hosts, machines, k) => {
        const settings = testSettings({ reserve: { hosts: k } });
        const situation = situationOf(
          hosts.map(({ on, open, essential, cpu }, index) =>
            hostOf(`h${index}`, {
              ...idle,
              power: on ? 'on' : 'off',
              open,
              essential,
              capacity: { cpu, memory: 9999 },
            }),
          ),
          machines.map(({ at, cpu }) => machineOf(at % hosts.length, cpu)),
        );
        const floor = new Floor(situation, settings);
        const held = holdsReserve(floor, settings.reserve);
        const { sleep } = planPower(situation, settings, nothing);
        for (const { host: index } of sleep) {
          assert.ok(!situation.hosts[index]?.essential && floor.machinesOn[index]?.size === 0);
          floor.sleep(index);
        }
        if (held) assert.ok(holdsReserve(floor, settings.reserve));
      },
    ),
    { numRuns: 300 },
  );
});
