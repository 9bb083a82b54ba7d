import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '@godwit/base';
import fc from 'fast-check';
import { Board, type BoardInput } from './board.ts';
import { defaultCosts } from './default-costs.ts';
import { makeEven } from './search.ts';
import { sequenceTo } from './sequence.ts';

const HOSTS = 5;

/** Boards of five equal hosts; machines are mirrored, or none is. */
const boards = fc
  .record({
    mirrored: fc.boolean(),
    machines: fc.array(
      fc.record({
        home: fc.nat(HOSTS - 1),
        away: fc.integer({ min: 1, max: HOSTS - 1 }),
        memory: fc.integer({ min: 1, max: 30 }),
      }),
      { minLength: 1, maxLength: 20 },
    ),
  })
  .map(({ mirrored, machines }): BoardInput => {
    const memory = Float64Array.from(machines, (machine) => machine.memory);
    const one = new Float64Array(machines.length).fill(1);
    const same = (value: number) => new Float64Array(HOSTS).fill(value);
    return {
      hosts: HOSTS,
      home: Int32Array.from(machines, ({ home }) => home),
      mirror: Int32Array.from(machines, ({ home, away }) => (mirrored ? (home + away) % HOSTS : -1)),
      measures: [
        {
          name: 'memory',
          weight: 1,
          base: same(5),
          scale: same(100),
          home: memory,
          mirror: new Float64Array(machines.length),
        },
        { name: 'count', weight: 2, base: same(0), scale: same(1), home: one, mirror: one },
      ],
      limits: [{ name: 'disk', room: same(15), home: one, mirror: one }],
      memory,
      totalMemory: same(100),
      freeMemory: same(95),
      failover: { spread: 1, sum: 0.25, unsafe: 1 },
    };
  });

/** The score from its definition, without any of the board's shortcuts. */
function scoreOf({
  hosts,
  home,
  mirror,
  memory,
}: Pick<Board['input'], 'hosts' | 'home' | 'mirror' | 'memory'>): number {
  const deviation = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const all = [...memory.keys()];
  const rows = Array.from({ length: hosts }, (_, host) => {
    const own = all.filter((machine) => home[machine] === host);
    const mirrors = all.filter((machine) => mirror[machine] === host);
    const used = own.reduce((sum, machine) => sum + (memory[machine] ?? 0), 0);
    const byHome = Array.from({ length: hosts }, (__, from) =>
      mirrors.filter((machine) => home[machine] === from).reduce((sum, machine) => sum + (memory[machine] ?? 0), 0),
    );
    return { used, count: own.length + mirrors.length, reserved: Math.max(...byHome) };
  });
  const unsafe = rows.filter(({ used, reserved }) => reserved > 95 - used).reduce((sum, { count }) => sum + count, 0);
  return (
    deviation(rows.map(({ used }) => (5 + used) / 100)) +
    2 * deviation(rows.map(({ count }) => count)) +
    deviation(rows.map(({ reserved }) => reserved / 100)) +
    0.25 * rows.reduce((sum, { reserved }) => sum + reserved / 100, 0) +
    unsafe
  );
}

const close = (one: number, other: number) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);
const options = (input: BoardInput, tries: number) => ({
  costs: defaultCosts(HOSTS, new Float64Array(input.home.length)),
  tries,
  random: new SeededRandom(7),
});

test('a board counts what the definition says, and foresees what a move does to it', () => {
  const places = fc.array(fc.tuple(fc.nat(), fc.nat(HOSTS - 1), fc.nat(HOSTS - 1)), { maxLength: 30 });
  fc.assert(
    fc.property(boards, places, (input, moves) => {
      const board = new Board(input);
      close(board.score, scoreOf(input));
      for (const [which, home, mirror] of moves) {
        const machine = which % input.home.length;
        const to = (input.mirror[machine] ?? -1) < 0 ? -1 : mirror;
        const foreseen = board.scoreAfter(machine, home, to);
        if (!Number.isFinite(foreseen)) continue;
        board.move(machine, home, to);
        close(board.score, foreseen);
        close(board.score, scoreOf({ ...input, home: board.home, mirror: board.mirror }));
      }
    }),
  );
});

test('a search never makes it worse, keeps limits, and a seed has one answer', () => {
  fc.assert(
    fc.property(boards, (input) => {
      const [one, other] = [new Board(input), new Board(input)];
      const before = one.score;
      makeEven(one, options(input, 500));
      makeEven(other, options(input, 500));
      assert.deepEqual(one.home, other.home);
      assert.ok(one.score <= before + 1e-9);
      for (let host = 0; host < HOSTS; host++) {
        const count = [...one.home, ...one.mirror].filter((at) => at === host).length;
        const was = [...input.home, ...input.mirror].filter((at) => at === host).length;
        assert.ok(count <= Math.max(15, was));
      }
    }),
    { numRuns: 60 },
  );
});

test('the steps of a sequence lead to the goal, but for what is told as blocked', () => {
  fc.assert(
    fc.property(boards, (input) => {
      const goal = new Board(input);
      makeEven(goal, options(input, 300));
      const board = new Board(input);
      const { steps, blocked } = sequenceTo(board, goal);
      const late = new Set(blocked.map(({ machine }) => machine));
      assert.equal(new Set(steps.map(({ machine }) => machine)).size, steps.length);
      goal.home.forEach((home, machine) => {
        if (!late.has(machine)) assert.equal(board.home[machine], home);
      });
    }),
    { numRuns: 60 },
  );
});

test('machines that may not move do not', () => {
  fc.assert(
    fc.property(boards, (input) => {
      const board = new Board(input);
      makeEven(board, { ...options(input, 300), movable: new Uint8Array(input.home.length) });
      assert.deepEqual(board.home, input.home);
    }),
    { numRuns: 20 },
  );
});
