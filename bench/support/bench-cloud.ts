import type { BenchRow } from '../../apps/godwit/src/bench/run-benches.ts';
import { GodwitUnderTest } from '../../test/support/godwit.ts';

/**
 * Runs `use` on a Godwit of its own, which is taken away with everything it made: at the end, after a
 * failure, and when somebody presses Ctrl-C.
 */
export async function* onOwnCloud(use: (godwit: GodwitUnderTest) => AsyncIterable<BenchRow>): AsyncIterable<BenchRow> {
  const godwit = new GodwitUnderTest();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= godwit.stop();
    return stopping;
  };
  const onSignal = () => {
    stop().then(
      () => process.exit(130),
      () => process.exit(130),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    await godwit.up();
    yield* use(godwit);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
    await stop();
  }
}
