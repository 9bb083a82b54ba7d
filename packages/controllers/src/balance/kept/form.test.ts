import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '@godwit/base';
import { DemandForecast } from '@godwit/planner';
import fc from 'fast-check';
import { readMachines, readPolicy, writeMachines, writePolicy } from './form.ts';

const isDamage = (error: unknown) => hasCode(error, 'record-damaged');
const state = new DemandForecast(300, 60_000).save();

test('what is known of machines comes back as it was', () => {
  const word = fc.base64String();
  const id = fc.stringMatching(/^(pod|vmi)\/[a-z]{1,9}\/[a-z0-9.-]{1,30}$/);
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.tuple(id, word)), (atMs, lines) => {
      const read = readMachines(writeMachines({ atMs, of: 'these', lines }));
      assert.deepEqual({ ...read, lines: [...read.lines] }, { atMs, of: 'these', lines });
    }),
  );
});

test('what is known of a policy comes back as it was', () => {
  const kept = { atMs: 5, demand: { of: '[300]', state }, evictions: [[0, 3] as const], empty: { a: 60 } };
  assert.deepEqual(readPolicy(JSON.parse(JSON.stringify(writePolicy(kept)))), JSON.parse(JSON.stringify(kept)));
});

test('whatever else stands there is refused, or is something that can be gone on from', () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constant('{"atMs":1,"of":"x"}'));
  const data = fc.dictionary(fc.constantFrom('about', 'machines', 'demand', 'else'), text);
  fc.assert(
    fc.property(data, (damaged) => {
      for (const read of [() => [...readMachines(damaged).lines], () => readPolicy(damaged)]) {
        try {
          read();
        } catch (error) {
          assert.ok(isDamage(error), String(error));
        }
      }
    }),
  );
});

test('a policy that tells of what cannot have been is refused', () => {
  const about = { atMs: 1, evictions: [], empty: {} };
  const demand = JSON.stringify({ of: '', state });
  const read = (part: object) => () => readPolicy({ about: JSON.stringify({ ...about, ...part }), demand });
  read({})();
  for (const part of [
    { atMs: 'now' },
    { evictions: [[1, 1e12]] },
    { evictions: [[-1, 1]] },
    { evictions: { length: 3 } },
    { empty: { a: 'long' } },
    { empty: [] },
  ])
    assert.throws(read(part), isDamage, JSON.stringify(part));
});
