import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode, VirtualClock } from '@godwit/base';
import type { Retention } from '../replica/index.ts';
import type { Body, Store, StoreEvent } from '../store.ts';

/** How the suite gets at an engine. */
export interface Engine {
  readonly name: string;
  /** An empty store; the suite closes it. */
  open(options: EngineOptions): Promise<Store>;
  /** The same data again after `close`; absent for engines that keep nothing. */
  reopen?(closed: Store, options: EngineOptions): Promise<Store>;
}

export interface EngineOptions {
  readonly clock: VirtualClock;
  readonly retention?: Retention;
}

export const body = (text: string): Body => ({ text });

/** Reads `count` events, and no more. */
export async function take(events: AsyncIterable<StoreEvent>, count: number): Promise<StoreEvent[]> {
  const taken: StoreEvent[] = [];
  const iterator = events[Symbol.asyncIterator]();
  while (taken.length < count) {
    const result = await iterator.next();
    if (result.done) break;
    taken.push(result.value);
  }
  return taken;
}

/** An event in a few words: `put /a/x=1@3 (was 0@2)`, and `…` when more of its batch follows. */
export function describe(event: StoreEvent): string {
  if (event.type === 'bookmark') return `bookmark@${event.revision}`;
  const value = event.type === 'put' ? `=${event.body.text}` : '';
  const before = event.before ? ` (was ${event.before.body.text}@${event.before.revision})` : '';
  return `${event.type} ${event.key}${value}@${event.revision}${before}${event.last === false ? ' …' : ''}`;
}

const conflict = (error: unknown) => hasCode(error, 'conflict');
const tooOld = (error: unknown) => hasCode(error, 'too-old');
const unavailable = (error: unknown) => hasCode(error, 'unavailable');

/** What every engine of the store must do, said once. */
export function storeConformance(engine: Engine): void {
  const check = (what: string, run: (store: Store, clock: VirtualClock) => Promise<void>, retention?: Retention) =>
    test(`${engine.name}: ${what}`, async () => {
      const clock = new VirtualClock();
      const store = await engine.open({ clock, ...(retention && { retention }) });
      try {
        await run(store, clock);
      } finally {
        await store.close();
      }
    });
  appending(check);
  reading(check);
  watching(check);
  compacting(check);
  if (engine.reopen) reopening(engine, engine.reopen.bind(engine));
}

type Check = (
  what: string,
  run: (store: Store, clock: VirtualClock) => Promise<void>,
  retention?: Retention,
) => Promise<void>;

function appending(check: Check): void {
  check('an empty store stands at revision 0', async (store) => {
    assert.equal(store.revision, 0);
    assert.equal(await store.get('/a'), undefined);
    assert.deepEqual(await store.list('/'), { entries: [], revision: 0, remaining: 0 });
  });

  check('revisions count up by one for each batch', async (store) => {
    assert.equal(await store.append([{ key: '/a', body: body('1') }]), 1);
    assert.equal(
      await store.append([
        { key: '/b', body: body('2') },
        { key: '/c', body: body('3') },
      ]),
      2,
    );
    assert.equal(store.revision, 2);
    assert.equal((await store.get('/c'))?.revision, 2);
  });

  check('previous 0 creates, and conflicts when the key exists', async (store) => {
    await store.append([{ key: '/a', body: body('1'), previous: 0 }]);
    await assert.rejects(store.append([{ key: '/a', body: body('2'), previous: 0 }]), conflict);
    assert.equal((await store.get('/a'))?.body.text, '1');
    assert.equal(store.revision, 1);
  });

  check('previous guards updates and deletions', async (store) => {
    const first = await store.append([{ key: '/a', body: body('1'), previous: 0 }]);
    const second = await store.append([{ key: '/a', body: body('2'), previous: first }]);
    await assert.rejects(store.append([{ key: '/a', body: body('x'), previous: first }]), conflict);
    await assert.rejects(store.append([{ key: '/a', body: null, previous: first }]), conflict);
    await store.append([{ key: '/a', body: null, previous: second }]);
    assert.equal(await store.get('/a'), undefined);
    await assert.rejects(store.append([{ key: '/a', body: body('x'), previous: second }]), conflict);
    await store.append([{ key: '/a', body: body('3'), previous: 0 }]);
  });

  check('a conflict says which key and where it stands', async (store) => {
    await store.append([{ key: '/a', body: body('1') }]);
    await assert.rejects(store.append([{ key: '/a', body: body('2'), previous: 7 }]), {
      code: 'conflict',
      details: { key: '/a', revision: 1 },
    });
  });

  check('a batch is written as a whole or not at all', async (store) => {
    await store.append([{ key: '/a', body: body('1') }]);
    const batch = [
      { key: '/b', body: body('2'), previous: 0 },
      { key: '/a', body: body('2'), previous: 0 },
    ];
    await assert.rejects(store.append(batch), conflict);
    assert.equal(await store.get('/b'), undefined);
    assert.equal(store.revision, 1);
  });

  check('without previous a write is unconditional', async (store) => {
    await store.append([{ key: '/a', body: body('1') }]);
    await store.append([{ key: '/a', body: body('2') }]);
    await store.append([{ key: '/gone', body: null }]);
    assert.equal((await store.get('/a'))?.body.text, '2');
    assert.equal(store.revision, 3);
  });

  check('of many that race for one key, one wins', async (store) => {
    const racers = Array.from({ length: 50 }, (_, i) =>
      store.append([{ key: '/lock', body: body(`${i}`), previous: 0 }]).then(
        () => i,
        (error) => (conflict(error) ? -1 : Promise.reject(error)),
      ),
    );
    const winners = (await Promise.all(racers)).filter((i) => i >= 0);
    assert.equal(winners.length, 1);
    assert.equal((await store.get('/lock'))?.body.text, `${winners[0]}`);
    assert.equal(store.revision, 1);
  });

  check('appends that arrive together each get a revision of their own', async (store) => {
    const revisions = await Promise.all(
      Array.from({ length: 200 }, (_, i) => store.append([{ key: `/k/${i}`, body: body(`${i}`), previous: 0 }])),
    );
    assert.deepEqual(
      revisions,
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    assert.equal((await store.list('/k/')).entries.length, 200);
  });

  check('a batch that makes no sense is a RangeError', async (store) => {
    await assert.rejects(store.append([]), RangeError);
    const twice = [
      { key: '/a', body: body('1') },
      { key: '/a', body: body('2') },
    ];
    await assert.rejects(store.append(twice), RangeError);
  });

  check('any text comes back as it was', async (store) => {
    const text = `{"name":"ü 漢 😀 ' \\u0000 \\n","long":"${'x'.repeat(100_000)}"}`;
    const appended = body(text);
    await store.append([{ key: '/ü/漢', body: appended }]);
    assert.equal((await store.get('/ü/漢'))?.body.text, text);
  });

  check('a closed store is unavailable', async (store) => {
    await store.close();
    await assert.rejects(store.append([{ key: '/a', body: body('1') }]), unavailable);
    await assert.rejects(store.get('/a'), unavailable);
    await assert.rejects(store.list('/'), unavailable);
  });
}

function reading(check: Check): void {
  check('lists go by prefix, in the order of UTF-16 code units', async (store) => {
    for (const key of ['/b/2', '/b/10', '/a/x', '/b', '/b/😀', '/b/\uffee', '/c/1'])
      await store.append([{ key, body: body(key) }]);
    const { entries, revision } = await store.list('/b/');
    assert.deepEqual(
      entries.map((entry) => entry.key),
      ['/b/10', '/b/2', '/b/😀', '/b/\uffee'],
    );
    assert.equal(revision, 7);
  });

  check('pages: limit, after, and how many remain', async (store) => {
    await store.append(Array.from({ length: 10 }, (_, i) => ({ key: `/p/${i}`, body: body(`${i}`) })));
    await store.append([{ key: '/q', body: body('other') }]);
    const first = await store.list('/p/', { limit: 4 });
    assert.deepEqual([first.entries.length, first.remaining], [4, 6]);
    await store.append([{ key: '/p/5', body: null }]);
    const second = await store.list('/p/', { limit: 4, after: '/p/3', at: first.revision });
    assert.deepEqual(
      [second.entries.map((entry) => entry.key).join(), second.remaining, second.revision],
      ['/p/4,/p/5,/p/6,/p/7', 2, first.revision],
    );
    const third = await store.list('/p/', { limit: 4, after: '/p/7', at: first.revision });
    assert.deepEqual([third.entries.length, third.remaining], [2, 0]);
    assert.equal((await store.list('/p/')).entries.length, 9);
  });

  check('the past stays readable', async (store) => {
    await store.append([{ key: '/a', body: body('1') }]);
    await store.append([{ key: '/a', body: body('2') }]);
    await store.append([{ key: '/a', body: null }]);
    await store.append([{ key: '/a', body: body('4') }]);
    const texts = [];
    for (let at = 0; at <= 4; at++) texts.push((await store.get('/a', { at }))?.body.text);
    assert.deepEqual(texts, [undefined, '1', '2', undefined, '4']);
    assert.deepEqual((await store.list('/', { at: 3 })).entries, []);
    assert.equal((await store.list('/', { at: 2 })).entries[0]?.body.text, '2');
  });

  check('a revision that does not exist yet is unavailable', async (store) => {
    await assert.rejects(store.get('/a', { at: 1 }), unavailable);
    await assert.rejects(store.list('/', { at: 1 }), unavailable);
  });
}

function watching(check: Check): void {
  check('a watch replays, then lives, in the order of the log', async (store) => {
    await store.append([{ key: '/a/1', body: body('1') }]);
    await store.append([{ key: '/a/2', body: body('2') }]);
    await store.append([{ key: '/b/1', body: body('3') }]);
    const stop = new AbortController();
    const events = store.watch('/a/', 1, stop.signal);
    const reading = take(events, 4);
    await store.append([
      { key: '/a/1', body: body('4') },
      { key: '/b/2', body: body('4') },
      { key: '/a/0', body: body('4') },
    ]);
    await store.append([{ key: '/a/1', body: null }]);
    assert.deepEqual((await reading).map(describe), [
      'put /a/2=2@2',
      'put /a/1=4@4 (was 1@1) …',
      'put /a/0=4@4',
      'delete /a/1@5 (was 4@4)',
    ]);
    stop.abort();
  });

  check('every watcher gets the same body, by reference', async (store) => {
    const stop = new AbortController();
    const first = take(store.watch('/', 0, stop.signal), 1);
    const second = take(store.watch('/a', 0, stop.signal), 1);
    await store.append([{ key: '/a', body: body('1') }]);
    const [[one], [two]] = await Promise.all([first, second]);
    assert.ok(one?.type === 'put' && two?.type === 'put' && one.body === two.body);
    assert.equal((await store.get('/a'))?.body, one.body);
    stop.abort();
  });

  check('an aborted watch ends, also while it waits', async (store) => {
    const stop = new AbortController();
    const reading = take(store.watch('/', 0, stop.signal), 1);
    stop.abort();
    assert.deepEqual(await reading, []);
    assert.deepEqual(await take(store.watch('/', 0, stop.signal), 1), []);
  });

  check('watches end when the store closes', async (store) => {
    const reading = take(store.watch('/', 0, new AbortController().signal), 1);
    await store.close();
    assert.deepEqual(await reading, []);
  });

  check('a watch from a revision to come waits for what is after it', async (store) => {
    const stop = new AbortController();
    const reading = take(store.watch('/', 2, stop.signal), 1);
    for (const text of ['1', '2', '3']) await store.append([{ key: '/a', body: body(text) }]);
    assert.deepEqual((await reading).map(describe), ['put /a=3@3 (was 2@2)']);
    stop.abort();
  });

  check('idle watchers get bookmarks', async (store, clock) => {
    const stop = new AbortController();
    const reading = take(store.watch('/quiet/', 0, stop.signal), 1);
    await store.append([{ key: '/loud/1', body: body('1') }]);
    await clock.advance(30_000, () => Promise.resolve());
    assert.deepEqual((await reading).map(describe), ['bookmark@1']);
    stop.abort();
  });

  const few: Retention = { forMs: 0, batches: 3000 };
  check(
    'a slow reader loses nothing while the history lasts',
    async (store) => {
      const stop = new AbortController();
      const events = store.watch('/k/', 0, stop.signal);
      const first = await Promise.all([take(events, 1), store.append([{ key: '/k/first', body: body('0') }])]);
      assert.equal(first[0].length, 1);
      const appends = Array.from({ length: 2500 }, (_, i) => store.append([{ key: `/k/${i}`, body: body(`${i}`) }]));
      await Promise.all(appends);
      const rest = await take(events, 2500);
      assert.deepEqual(
        rest.map((event) => event.revision),
        Array.from({ length: 2500 }, (_, i) => i + 2),
      );
      stop.abort();
    },
    few,
  );

  check(
    'a reader who falls behind the history gets too-old',
    async (store) => {
      const stop = new AbortController();
      const events = store.watch('/k/', 0, stop.signal);
      await Promise.all([take(events, 1), store.append([{ key: '/k/first', body: body('0') }])]);
      for (let round = 0; round < 6; round++)
        await Promise.all(Array.from({ length: 1000 }, (_, i) => store.append([{ key: `/k/${i}`, body: body('x') }])));
      await assert.rejects(take(events, 6000), tooOld);
      assert.equal((await store.list('/k/')).entries.length, 1001);
      stop.abort();
    },
    few,
  );
}

function compacting(check: Check): void {
  check('compaction forgets the past and keeps the present', async (store) => {
    for (const text of ['1', '2', '3']) await store.append([{ key: '/a', body: body(text) }]);
    await store.append([{ key: '/b', body: body('b') }]);
    await store.append([{ key: '/b', body: null }]);
    await store.compact(3);
    await assert.rejects(store.get('/a', { at: 2 }), tooOld);
    await assert.rejects(store.list('/', { at: 2 }), tooOld);
    assert.equal((await store.get('/a', { at: 3 }))?.body.text, '3');
    assert.equal((await store.get('/b', { at: 4 }))?.body.text, 'b');
    await assert.rejects(take(store.watch('/', 2, new AbortController().signal), 1), tooOld);
    const stop = new AbortController();
    const events = await take(store.watch('/', 3, stop.signal), 2);
    assert.deepEqual(events.map(describe), ['put /b=b@4', 'delete /b@5 (was b@4)']);
    stop.abort();
  });

  check('compacting everything keeps the revision, and twice does no harm', async (store) => {
    await store.append([{ key: '/a', body: body('1') }]);
    await store.append([{ key: '/a', body: null }]);
    await store.compact(2);
    await store.compact(1);
    assert.equal(store.revision, 2);
    assert.equal(await store.append([{ key: '/a', body: body('3'), previous: 0 }]), 3);
  });

  check(
    'history goes by itself when its time has passed',
    async (store, clock) => {
      await store.append([{ key: '/a', body: body('1') }]);
      await store.append([{ key: '/a', body: body('2') }]);
      await clock.advance(20_000, () => Promise.resolve());
      await assert.rejects(store.get('/a', { at: 1 }), tooOld);
      assert.equal((await store.get('/a'))?.body.text, '2');
    },
    { forMs: 5_000, batches: 1000 },
  );
}

function reopening(engine: Engine, reopen: NonNullable<Engine['reopen']>): void {
  test(`${engine.name}: what was acknowledged is there after a restart, with its history`, async () => {
    const clock = new VirtualClock();
    const before = await engine.open({ clock });
    await before.append([{ key: '/a', body: body('1') }]);
    await before.append([{ key: '/a', body: body('2') }]);
    await before.append([
      { key: '/b', body: body('3') },
      { key: '/c', body: body('3') },
    ]);
    await before.append([{ key: '/c', body: null }]);
    await before.compact(2);
    await before.close();
    const store = await reopen(before, { clock });
    const stop = new AbortController();
    assert.equal(store.revision, 4);
    assert.deepEqual(
      (await store.list('/')).entries.map((entry) => `${entry.key}=${entry.body.text}@${entry.revision}`),
      ['/a=2@2', '/b=3@3'],
    );
    assert.equal((await store.get('/c', { at: 3 }))?.body.text, '3');
    await assert.rejects(store.get('/a', { at: 1 }), tooOld);
    const replayed = await take(store.watch('/', 2, stop.signal), 3);
    assert.deepEqual(replayed.map(describe), ['put /b=3@3 …', 'put /c=3@3', 'delete /c@4 (was 3@3)']);
    await assert.rejects(store.append([{ key: '/a', body: body('x'), previous: 0 }]), conflict);
    assert.equal(await store.append([{ key: '/a', body: body('5'), previous: 2 }]), 5);
    stop.abort();
    await store.close();
  });

  test(`${engine.name}: the revision survives a compaction of everything and a restart`, async () => {
    const clock = new VirtualClock();
    const before = await engine.open({ clock });
    await before.append([{ key: '/a', body: body('1') }]);
    await before.append([{ key: '/a', body: null }]);
    await before.compact(2);
    await before.close();
    const store = await reopen(before, { clock });
    assert.equal(store.revision, 2);
    assert.equal(await store.append([{ key: '/a', body: body('3'), previous: 0 }]), 3);
    await store.close();
  });
}
