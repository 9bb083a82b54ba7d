import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OUT, Tournament } from './tournament.ts';

test('the leader is the first of the largest from the start on, going round, whatever was set before', () => {
  const values = fc.array(fc.integer({ min: OUT, max: 5 }), { minLength: 1, maxLength: 40 });
  const changes = fc.array(fc.tuple(fc.nat(39), fc.integer({ min: OUT, max: 5 })), { maxLength: 40 });
  fc.assert(
    fc.property(values, changes, fc.nat(39), (initial, later, from) => {
      const tournament = new Tournament(initial.length);
      for (const [leaf, value] of initial.entries()) tournament.prepare(leaf, value);
      tournament.settle();
      const known = [...initial];
      for (const [at, value] of later) {
        const leaf = at % known.length;
        known[leaf] = value;
        tournament.set(leaf, value);
      }
      const largest = Math.max(...known);
      assert.equal(tournament.top, largest);
      if (largest === OUT) return;
      const start = from % known.length;
      const round = [...known.slice(start), ...known.slice(0, start)];
      assert.equal(tournament.leader(start), (round.indexOf(largest) + start) % known.length);
    }),
  );
});
