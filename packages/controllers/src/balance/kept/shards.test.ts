import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Shards } from './shards.ts';

const idOf = (index: number) => `pod/default/web-${index}`;
const membersOf = (shards: Shards) =>
  Array.from({ length: shards.count }, (_, index) => [...shards.members(index)]).flat();

test('everybody is in one shard, and all shards together are everybody', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { maxLength: 3000 }), fc.array(fc.nat(5000)), (come, go) => {
      const shards = new Shards();
      const expected = new Set<string>();
      for (const index of come) {
        shards.add(idOf(index));
        expected.add(idOf(index));
      }
      for (const index of go) {
        shards.delete(idOf(index));
        expected.delete(idOf(index));
      }
      shards.fit();
      assert.deepEqual(membersOf(shards).toSorted(), [...expected].toSorted());
    }),
    { numRuns: 30 },
  );
});

test('a hundred thousand machines are in shards of a size, and who comes changes nobody else', () => {
  const shards = new Shards();
  for (let index = 0; index < 100_000; index++) shards.add(idOf(index));
  assert.ok(shards.fit());
  assert.equal(shards.count, 128);
  const sizes = Array.from({ length: 128 }, (_, index) => shards.members(index).size);
  assert.ok(Math.max(...sizes) < 2 * Math.min(...sizes), `${Math.min(...sizes)} to ${Math.max(...sizes)}`);
  const before = [...shards.members(7)];
  for (let index = 100_000; index < 101_000; index++) shards.add(idOf(index));
  assert.equal(shards.fit(), false);
  assert.deepEqual([...shards.members(7)].slice(0, before.length), before);
});

test('shards do not come and go with a few machines', () => {
  const shards = new Shards();
  for (let index = 0; index < 1025; index++) shards.add(idOf(index));
  assert.ok(shards.fit());
  assert.equal(shards.count, 2);
  for (let index = 1024; index >= 256; index--) shards.delete(idOf(index));
  assert.equal(shards.fit(), false);
  for (let index = 255; index >= 0; index--) shards.delete(idOf(index));
  assert.ok(shards.fit());
  assert.equal(shards.count, 1);
});
