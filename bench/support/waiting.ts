import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;
const PATIENCE_MS = 120_000;

/** What `find` answers, once it answers something. Throws when that takes more than two minutes. */
export async function until<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > deadlineMs) throw new Error(`waited for ${what} in vain, two minutes long`);
    await sleep(POLL_MS);
  }
}

/** How long it takes, in milliseconds. */
export async function timed(act: () => Promise<void>): Promise<number> {
  const beganMs = performance.now();
  await act();
  return performance.now() - beganMs;
}
