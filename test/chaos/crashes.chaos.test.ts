import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Simulation } from './index.ts';

const SEEDS = 20;
/** What a person who runs the tests may rely on having been tried. */
const LEAST_CRASHES = 200;

test(`programs die ${LEAST_CRASHES} times and more, in the middle of everything, and nothing is lost or left over`, async (t) => {
  let crashes = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { kills, violation, tail } = await new Simulation({ seed, minutes: 2 }).run();
    const again = `./godwit sim --faults --seed ${seed} --minutes 2`;
    assert.equal(violation, undefined, `${violation?.message}\n${tail.slice(-40).join('\n')}\nagain: ${again}`);
    crashes += kills;
  }
  t.diagnostic(`${crashes} crashes over ${SEEDS} seeds`);
  assert.ok(crashes >= LEAST_CRASHES, `only ${crashes} crashes`);
});
