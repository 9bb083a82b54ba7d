import type { BenchRow } from '../../apps/godwit/src/bench/run-benches.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** What is to be taken away, in the order in which it was made. */
const pending: (() => Promise<void>)[] = [];

/**
 * Yields the rows of `use`, then runs `cleanUp`, once: at the end, after a failure, and when somebody presses
 * Ctrl-C.
 */
export async function* cleaningUp(
  cleanUp: () => void | Promise<void>,
  use: () => AsyncIterable<BenchRow>,
): AsyncIterable<BenchRow> {
  let cleaning: Promise<void> | undefined;
  const clean = () => {
    cleaning ??= (async () => cleanUp())();
    return cleaning;
  };
  if (pending.length === 0) for (const signal of SIGNALS) process.once(signal, onSignal);
  pending.push(clean);
  try {
    yield* use();
  } finally {
    await clean();
    pending.splice(pending.indexOf(clean), 1);
    if (pending.length === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

function onSignal(): void {
  const end = () => process.exit(130);
  cleanAll().then(end, end);
}

async function cleanAll(): Promise<void> {
  for (const clean of pending.toReversed()) await clean();
}
