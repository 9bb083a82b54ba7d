import assert from 'node:assert/strict';
import type { Check } from './engine.ts';
import { body, conflict, unavailable } from './words.ts';

/** Batches: revisions, conditions, races. */
export function appending(check: Check): void {
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
