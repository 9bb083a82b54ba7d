import assert from 'node:assert/strict';
import type { Check } from './engine.ts';
import { body, describe, take, tooOld } from './words.ts';

/** What is forgotten, and what never is. */
export function compacting(check: Check): void {
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
