import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PooledVolume, planVolumes, type VolumePool } from './plan-volumes.ts';

const pool = (name: string, used: number, capacity = 1000): VolumePool => ({ name, capacity, used, open: true });
const volume = (at: number, used: number): PooledVolume => ({ id: `v${used}`, pool: at, used, movable: true });

test('from a pool that is too full the smallest volume goes that is enough', () => {
  const volumes = [volume(0, 50), volume(0, 150), volume(0, 700)];
  const { moves, full } = planVolumes([pool('a', 900), pool('b', 100), pool('c', 300)], volumes, 0.85);
  assert.deepEqual([moves, full], [[{ volume: 1, from: 0, to: 1 }], []]);
});

test('where nothing fits the pool is told as full', () => {
  assert.deepEqual(planVolumes([pool('a', 950), pool('b', 800)], [volume(0, 950)], 0.85), { moves: [], full: [0] });
});

test('numbers that make no sense are left alone', () => {
  const pools = [pool('a', Number.NaN), pool('b', 10, 0), pool('c', -1), pool('d', 990)];
  assert.deepEqual(planVolumes(pools, [volume(3, Number.NaN), volume(3, -5)], 0.85), { moves: [], full: [3] });
});

test('no pool is ever filled above the limit by a move, and what may not move stays', () => {
  const pools = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 6 });
  const volumes = fc.array(fc.record({ at: fc.nat(), used: fc.integer({ min: 0, max: 400 }), movable: fc.boolean() }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(pools, volumes, (sizes, raw) => {
      const all = raw.map(({ at, used, movable }) => ({ ...volume(at % sizes.length, used), movable }));
      const used = sizes.map(
        (other, index) => other + all.reduce((sum, one) => sum + (one.pool === index ? one.used : 0), 0),
      );
      const { moves } = planVolumes(
        used.map((bytes, index) => pool(`p${index}`, bytes)),
        all,
        0.85,
      );
      for (const { volume: which, from, to } of moves) {
        assert.ok(all[which]?.movable && from !== to);
        used[from] = (used[from] ?? 0) - (all[which]?.used ?? 0);
        used[to] = (used[to] ?? 0) + (all[which]?.used ?? 0);
      }
      for (const { to } of moves) assert.ok((used[to] ?? 0) <= 850);
    }),
  );
});
