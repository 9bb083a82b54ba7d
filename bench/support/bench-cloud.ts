import type { BenchRow } from '../../apps/godwit/src/bench/run-benches.ts';
import { GodwitUnderTest } from '../../test/support/godwit.ts';
import { cleaningUp } from './cleaning-up.ts';

/** Runs `use` on a Godwit of its own, which is taken away with everything it made. */
export function onOwnCloud(use: (godwit: GodwitUnderTest) => AsyncIterable<BenchRow>): AsyncIterable<BenchRow> {
  const godwit = new GodwitUnderTest();
  return cleaningUp(
    () => godwit.stop(),
    async function* () {
      await godwit.up();
      yield* use(godwit);
    },
  );
}
