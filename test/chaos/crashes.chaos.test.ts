import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { runSeeds } from './index.ts';

/** Every run of the tests tries these: as much simulated time as three and a half days. */
const SEEDS = 500;
const MINUTES = 10;
/** What a person who runs the tests may rely on having been tried. */
const LEAST_CRASHES = 2_000;

test(`programs die ${LEAST_CRASHES} times and more, in the middle of everything, and nothing is lost or left over`, async (t) => {
  let crashes = 0;
  let simulatedMs = 0;
  await runSeeds({
    seeds: Array.from({ length: SEEDS }, (_, index) => index + 1),
    jobs: availableParallelism(),
    run: { minutes: MINUTES },
    onOutcome: ({ seed, kills, violation, tail, ...outcome }) => {
      const again = `./godwit sim --faults --seed ${seed} --minutes ${MINUTES}`;
      assert.equal(violation, undefined, `${violation}\n${tail.slice(-40).join('\n')}\nagain: ${again}`);
      crashes += kills;
      simulatedMs += outcome.simulatedMs;
      return true;
    },
  });
  t.diagnostic(`${crashes} crashes over ${SEEDS} seeds, ${Math.round(simulatedMs / 60_000)} simulated minutes`);
  assert.ok(crashes >= LEAST_CRASHES, `only ${crashes} crashes`);
});
