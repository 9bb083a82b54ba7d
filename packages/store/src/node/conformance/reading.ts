import assert from 'node:assert/strict';
import type { Check } from './engine.ts';
import { body, unavailable } from './words.ts';

/** Lists, pages and the past. */
export function reading(check: Check): void {
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
