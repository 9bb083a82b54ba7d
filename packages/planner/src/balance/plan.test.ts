import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Floor } from './floor.ts';
import { planBalance } from './plan.ts';
import { holdsReserve } from './reserve.ts';
import type { Situation } from './situation.ts';
import { hostOf, machineOf, situationOf, testSettings } from './test-support/situation.ts';

const pack = { placement: { strategy: 'pack' as const } };
const three = ['a', 'b', 'c'].map((name) => hostOf(name));

test('a host that is overloaded gives away as little as will do', () => {
  const machines = [machineOf(0, 500), machineOf(0, 400), machineOf(0, 300), machineOf(1, 100), machineOf(2, 600)];
  const { relief } = planBalance(situationOf(three, machines), testSettings(pack));
  assert.equal(relief.verdict, 'good');
  assert.deepEqual(
    relief.moves.map(({ machine, why }) => [machine, why]),
    [[2, 'overload']],
  );
});

test('loads are what counts, not requests: a quiet host is emptied', () => {
  const machines = [machineOf(0, 10), machineOf(1, 300), machineOf(2, 300)];
  const { moves } = planBalance(situationOf(three, machines), testSettings(pack));
  assert.ok(moves.some(({ machine, why }) => machine === 0 && why === 'empties-host'));
});

test('a move that costs more than it saves is not made', () => {
  const machines = [machineOf(0, 10, { moveSeconds: 100_000 }), machineOf(1, 300, { moveSeconds: 100_000 })];
  assert.deepEqual(planBalance(situationOf(three, machines), testSettings(pack)).moves, []);
});

test('what moved a short while ago stays', () => {
  const machines = [machineOf(0, 10, { movedMs: 9_999_000 }), machineOf(1, 300, { movedMs: 9_999_000 })];
  assert.deepEqual(planBalance(situationOf(three, machines), testSettings(pack)).moves, []);
});

test('what is on its way already is not told to go again', () => {
  const machines = [machineOf(0, 700, { movedMs: 9_900_000 }), machineOf(0, 600, { movedMs: 9_900_000 })];
  assert.deepEqual(planBalance(situationOf(three, machines), testSettings(pack)).moves, []);
});

test('no more moves than the policy leaves for this hour', () => {
  const machines = Array.from({ length: 9 }, (_, index) => machineOf(index % 3, 100));
  const settings = testSettings({ ...pack, balance: { maximumMovesPerHour: 3 } });
  assert.equal(planBalance(situationOf(three, machines), settings).moves.length, 3);
  const used = { recentMovesMs: [9_000_000, 9_100_000] };
  assert.equal(planBalance(situationOf(three, machines, used), settings).moves.length, 0);
});

test('a machine that must not be where it is goes, whatever it costs', () => {
  const machines = [machineOf(0, 500, { moveSeconds: 100_000 }), machineOf(1, 500, { moveSeconds: 100_000 })];
  const allows = (machine: number, host: number) => !(machine === 0 && host === 0);
  const { relief } = planBalance(situationOf(three, machines, { allows }), testSettings(pack));
  assert.deepEqual(
    relief.moves.map(({ machine, why }) => [machine, why]),
    [[0, 'misplaced']],
  );
});

test('what no host takes wakes one, or is told as stuck', () => {
  const asleep = hostOf('b', { power: 'off' });
  const machines = [machineOf(0, 700), machineOf(0, 600)];
  const woken = planBalance(situationOf([hostOf('a'), asleep], machines), testSettings(pack));
  assert.deepEqual([woken.wake, woken.moves.length], [[1], 0]);
  const alone = planBalance(situationOf([hostOf('a')], machines), testSettings(pack));
  assert.equal(alone.stuck.length, 2);
});

test('spread evens out what is loaded differently, and leaves alone what is nearly even', () => {
  const uneven = [machineOf(0, 300), machineOf(0, 300), machineOf(0, 200), machineOf(1, 10), machineOf(2, 10)];
  const { order } = planBalance(situationOf(three, uneven), testSettings());
  assert.equal(order.verdict, 'good');
  assert.ok(order.moves.length >= 2 && order.moves.every(({ from }) => from === 0));
  const even = [machineOf(0, 300), machineOf(1, 320), machineOf(2, 310)];
  assert.equal(planBalance(situationOf(three, even), testSettings()).order.verdict, 'nothing');
});

test('nothing to plan for is no plan', () => {
  assert.deepEqual(planBalance(situationOf([], []), testSettings(pack)).moves, []);
  assert.deepEqual(planBalance(situationOf(three, []), testSettings()).moves, []);
});

const situations = fc
  .record({
    hosts: fc.array(fc.record({ cpu: fc.integer({ min: 0, max: 2000 }), on: fc.boolean(), open: fc.boolean() }), {
      minLength: 1,
      maxLength: 8,
    }),
    machines: fc.array(
      fc.record({
        at: fc.nat(),
        mean: fc.integer({ min: 0, max: 900 }),
        deviation: fc.integer({ min: 0, max: 200 }),
        now: fc.integer({ min: 0, max: 1500 }),
        memory: fc.integer({ min: 0, max: 600 }),
        movable: fc.boolean(),
      }),
      { maxLength: 24 },
    ),
    strategy: fc.constantFrom('spread' as const, 'pack' as const, 'energy' as const),
    reserve: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ hosts, machines, strategy, reserve }) => {
    const situation: Situation = situationOf(
      hosts.map(({ cpu, on, open }, index) =>
        hostOf(`h${index}`, { capacity: { cpu, memory: 1000 }, power: on ? 'on' : 'off', open }),
      ),
      machines.map(({ at, mean, deviation, now, memory, movable }) =>
        machineOf(at % hosts.length, mean, { cpu: { mean, deviation, now }, held: { memory }, movable }),
      ),
    );
    return { situation, settings: testSettings({ placement: { strategy }, reserve: { hosts: reserve } }) };
  });

test('whatever is asked: only what may move moves, once, to a host that is on, open and has room', () => {
  fc.assert(
    fc.property(situations, ({ situation, settings }) => {
      const plan = planBalance(situation, settings);
      const floor = new Floor(situation, settings);
      const moved = new Set<number>();
      for (const { machine, from, to } of plan.moves) {
        assert.ok(situation.machines[machine]?.movable && !moved.has(machine) && from !== to);
        assert.ok(floor.usable(to));
        floor.move(machine, to);
        moved.add(machine);
      }
      for (const { to } of plan.moves) {
        const held = [...(floor.machinesOn[to] ?? [])].reduce(
          (sum, m) => sum + (situation.machines[m]?.held.memory ?? 0),
          0,
        );
        assert.ok(held <= 1000);
      }
      for (const part of [plan.relief, plan.order]) if (part.verdict === 'good') assert.ok(part.moves.length > 0);
    }),
    { numRuns: 300 },
  );
});

test('a reserve that holds is never given up', () => {
  fc.assert(
    fc.property(situations, ({ situation, settings }) => {
      const floor = new Floor(situation, settings);
      if (!holdsReserve(floor, settings.reserve)) return;
      for (const { machine, to } of planBalance(situation, settings).moves) floor.move(machine, to);
      assert.ok(holdsReserve(floor, settings.reserve));
    }),
    { numRuns: 300 },
  );
});
