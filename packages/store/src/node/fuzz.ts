import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode, VirtualClock } from '@godwit/base';
import * as fc from 'fast-check';
import type { Store, StoreEvent, Write } from '../store.ts';
import type { Engine } from './conformance/index.ts';
import { body, describe, take } from './conformance/words.ts';

/**
 * The store as simply as it can be said: all batches, and everything else computed from the beginning.
 * The fuzz test does the same to it and to an engine, and compares all that can be seen.
 */
class Model {
  readonly batches: (readonly Write[])[] = [];
  floor = 0;

  at(revision: number): Map<string, { text: string; revision: number }> {
    const state = new Map<string, { text: string; revision: number }>();
    for (const [index, writes] of this.batches.slice(0, revision).entries()) {
      for (const { key, body } of writes) {
        if (body) state.set(key, { text: body.text, revision: index + 1 });
        else state.delete(key);
      }
    }
    return state;
  }

  events(prefix: string, since: number): string[] {
    return this.batches.flatMap((writes, index) => {
      if (index + 1 <= since) return [];
      const before = this.at(index);
      const concerned = writes.filter((write) => write.key.startsWith(prefix));
      return concerned.map(({ key, body }, i) => {
        const was = before.get(key);
        const value = body ? `put ${key}=${body.text}` : `delete ${key}`;
        const more = i < concerned.length - 1 ? ' …' : '';
        return `${value}@${index + 1}${was ? ` (was ${was.text}@${was.revision})` : ''}${more}`;
      });
    });
  }
}

type Guard = 'none' | 'right' | 'wrong' | 'absent';

type Step =
  | { readonly do: 'append'; readonly writes: readonly { key: string; remove: boolean; guard: Guard }[] }
  | { readonly do: 'together'; readonly keys: readonly string[] }
  | { readonly do: 'read'; readonly back: number; readonly limit: number; readonly after: string }
  | { readonly do: 'watch'; readonly back: number; readonly prefix: string }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'reopen' };

const key = fc.constantFrom('/a/1', '/a/2', '/a/3', '/a/10', '/b/1', '/b/2', '/ab', '/c');
const write = fc.record({
  key,
  remove: fc.boolean(),
  guard: fc.constantFrom<Guard>('none', 'right', 'right', 'wrong', 'absent'),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      writes: fc.uniqueArray(write, { selector: (one) => one.key, minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('together' as const), keys: fc.array(key, { minLength: 2, maxLength: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      back: fc.nat(6),
      limit: fc.integer({ min: 1, max: 5 }),
      after: key,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('watch' as const),
      back: fc.nat(6),
      prefix: fc.constantFrom('/', '/a', '/a/', '/b/', '/x/'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const) }) },
);

/** Random histories against the model; a failure prints the seed and the shortest history that shows it. */
export function storeFuzz(engine: Engine, options: { readonly runs: number; readonly seed?: number }): void {
  void test(`${engine.name}: random histories look as the model says`, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => run(engine, steps));
    await fc.assert(property, { numRuns: options.runs, seed: options.seed ?? 20_260_101, endOnFailure: false });
  });
}

async function run(engine: Engine, steps: readonly Step[]): Promise<void> {
  const clock = new VirtualClock();
  const model = new Model();
  let store = await engine.open({ clock });
  try {
    for (const next of steps) {
      if (next.do !== 'reopen') await take1(store, model, next);
      else if (engine.reopen) {
        await store.close();
        store = await engine.reopen(store, { clock });
      }
      assert.equal(store.revision, model.batches.length);
    }
    await compareAt(store, model, model.batches.length);
  } finally {
    await store.close();
  }
}

async function take1(store: Store, model: Model, next: Exclude<Step, { do: 'reopen' }>): Promise<void> {
  const revision = model.batches.length;
  const past = Math.max(0, revision - ('back' in next ? next.back : 0));
  if (next.do === 'append') await append(store, model, next.writes);
  else if (next.do === 'together') await together(store, model, next.keys);
  else if (next.do === 'read') await read(store, model, past, next.limit, next.after);
  else if (next.do === 'watch') await watch(store, model, past, next.prefix);
  else {
    await store.compact(past);
    model.floor = Math.max(model.floor, past);
  }
}

async function append(
  store: Store,
  model: Model,
  wanted: readonly { key: string; remove: boolean; guard: Guard }[],
): Promise<void> {
  const now = model.at(model.batches.length);
  const revision = model.batches.length + 1;
  const writes = wanted.map(({ key, remove, guard }): Write => {
    const stands = now.get(key)?.revision ?? 0;
    const previous = { none: undefined, right: stands, wrong: stands + 1, absent: 0 }[guard];
    return { key, body: remove ? null : body(`${revision}`), ...(previous !== undefined && { previous }) };
  });
  const allowed = writes.every(
    ({ key, previous }) => previous === undefined || previous === (now.get(key)?.revision ?? 0),
  );
  if (!allowed) {
    await assert.rejects(store.append(writes), (error) => hasCode(error, 'conflict'));
    return;
  }
  assert.equal(await store.append(writes), revision);
  model.batches.push(writes);
}

/** Guarded by what was known before any of them: of those for one key only the first may win. */
async function together(store: Store, model: Model, keys: readonly string[]): Promise<void> {
  const now = model.at(model.batches.length);
  const attempts = keys.map((key, i): Write => {
    return { key, body: body(`together ${i}`), previous: now.get(key)?.revision ?? 0 };
  });
  const results = await Promise.allSettled(attempts.map((attempt) => store.append([attempt])));
  for (const [i, attempt] of attempts.entries()) {
    const first = keys.indexOf(attempt.key) === i;
    assert.equal(results[i]?.status, first ? 'fulfilled' : 'rejected', `${attempt.key} of ${keys.join()}`);
    if (first) model.batches.push([attempt]);
  }
}

async function read(store: Store, model: Model, at: number, limit: number, after: string): Promise<void> {
  if (at < model.floor) {
    await assert.rejects(store.list('/', { at }), (error) => hasCode(error, 'too-old'));
    return;
  }
  await compareAt(store, model, at);
  const keys = [...model.at(at).keys()].filter((key) => key.startsWith('/a') && key > after).sort();
  const page = await store.list('/a', { at, limit, after });
  assert.deepEqual(
    page.entries.map((entry) => entry.key),
    keys.slice(0, limit),
  );
  assert.equal(page.remaining, Math.max(0, keys.length - limit));
}

async function compareAt(store: Store, model: Model, at: number): Promise<void> {
  const expected = [...model.at(at)].sort(([a], [b]) => (a < b ? -1 : 1));
  const { entries } = await store.list('/', { at });
  assert.deepEqual(
    entries.map((entry) => [entry.key, { text: entry.body.text, revision: entry.revision }]),
    expected,
  );
}

async function watch(store: Store, model: Model, since: number, prefix: string): Promise<void> {
  const stop = new AbortController();
  const events = store.watch(prefix, since, stop.signal);
  if (since < model.floor) {
    await assert.rejects(take(events, 1), (error) => hasCode(error, 'too-old'));
    return;
  }
  const expected = model.events(prefix, since);
  const seen: StoreEvent[] = await take(events, expected.length);
  stop.abort();
  // What stood before a batch at the edge of the history may have been forgotten with it.
  const floor = model.floor;
  const known = (text: string) => text.replace(/ \(was .*?@(\d+)\)/, (was, at) => (Number(at) <= floor ? '' : was));
  assert.deepEqual(seen.map(describe).map(known), expected.map(known));
}
