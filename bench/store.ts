/** The store alone, without the API above it: how fast it is durable, and how long it holds up others. */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SystemClock } from '@godwit/base';
import type { Store } from '@godwit/store';
import { SqliteStore } from '@godwit/store/node';
import type { Bench, BenchRow } from '../apps/godwit/src/bench/run-benches.ts';
import { cleaningUp } from './support/cleaning-up.ts';

const clock = new SystemClock();
const text = JSON.stringify({ padding: 'x'.repeat(2000) });

export const bench: Bench = ({ say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-bench-'));
  return cleaningUp(
    () => rmSync(folder, { recursive: true, force: true }),
    () => measure(folder, say),
  );
};

async function* measure(folder: string, say: (line: string) => void): AsyncIterable<BenchRow> {
  const path = join(folder, 'store.db');
  say('store: durable creates');
  const syncMs = medianSyncMs(join(folder, 'sync'));
  const store = await SqliteStore.open({ path, clock });
  for (const [clients, goal] of [
    [64, 18_000],
    [1, undefined],
  ] as const) {
    const value = await createsPerSecond(store, clients, 3000);
    const what = `durable creates of 2 KB, ${clients} at once (one fsync: ${syncMs.toFixed(2)} ms)`;
    const holds = goal === undefined || value >= goal;
    yield { bench: 'store', what, value, unit: '/s', goal: goal ? `>= ${goal}` : '-', holds };
  }
  say('store: 100,000 entries, lists, watchers, restart');
  await fill(store, 100_000);
  yield atMost('list 20,000 of 100,000 entries: longest stop of the event loop', await listMs(store), 20);
  yield atMost('1,000 watchers x 100 changes', await watchersMs(store), 1000);
  await store.close();
  const startedMs = performance.now();
  const again = await SqliteStore.open({ path, clock });
  const openingMs = performance.now() - startedMs;
  yield atMost(`open with ${(await again.list('/')).entries.length} entries`, openingMs, 2000);
  await again.close();
}

function atMost(what: string, value: number, goalMs: number): BenchRow {
  return { bench: 'store', what, value, unit: 'ms', goal: `<= ${goalMs}`, holds: value <= goalMs };
}

/** What one write of a page and its fsync take on this disk, in milliseconds. */
function medianSyncMs(path: string): number {
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 200 }, () => {
    const startedMs = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    return performance.now() - startedMs;
  });
  closeSync(file);
  return times.toSorted((a, b) => a - b)[100] ?? 0;
}

let nextKey = 0;

async function createsPerSecond(store: Store, clients: number, durationMs: number): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  const client = async () => {
    while (performance.now() - startedMs < durationMs) {
      await store.append([{ key: `/core/configmaps/load/${nextKey++}`, body: { text }, previous: 0 }]);
      count++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (count * 1000) / (performance.now() - startedMs);
}

async function fill(store: Store, total: number): Promise<void> {
  const { remaining, entries } = await store.list('/', { limit: 1 });
  const missing = Math.max(0, total - remaining - entries.length);
  for (let i = 0; i < missing + 20_000; i += 500) {
    const prefix = i < 20_000 ? '/core/pods/list/' : '/core/configmaps/fill/';
    await Promise.all(
      Array.from({ length: 500 }, () => store.append([{ key: `${prefix}${nextKey++}`, body: { text } }])),
    );
  }
}

/** The longest that the event loop stood still while 20,000 entries were listed five times. */
async function listMs(store: Store): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let i = 0; i < 5; i++) {
    await clock.sleep(5);
    const { entries } = await store.list('/core/pods/list/', { limit: 20_000 });
    if (entries.length !== 20_000) throw new Error(`listed ${entries.length}`);
  }
  await clock.sleep(5);
  delays.disable();
  return delays.max / 1e6;
}

async function watchersMs(store: Store): Promise<number> {
  const stop = new AbortController();
  const since = store.revision;
  const watchers = Array.from({ length: 1000 }, async () => {
    let seen = 0;
    for await (const event of store.watch('/core/pods/watched/', since, stop.signal)) {
      if (event.type === 'put' && ++seen === 100) return;
    }
  });
  const startedMs = performance.now();
  for (let i = 0; i < 100; i++) void store.append([{ key: `/core/pods/watched/${i}`, body: { text } }]);
  await Promise.all(watchers);
  stop.abort();
  return performance.now() - startedMs;
}
