import assert from 'node:assert/strict';
import type { Retention } from '../../replica/index.ts';
import type { Check } from './engine.ts';
import { body, describe, take, tooOld } from './words.ts';

/** Watches: replay, order, ends, bookmarks, and readers who are slow. */
export function watching(check: Check): void {
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
