import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import type { Engine } from './engine.ts';
import { body, conflict, describe, take, tooOld } from './words.ts';

/** What is there after a restart: all that was acknowledged. */
export function reopening(engine: Engine, reopen: NonNullable<Engine['reopen']>): void {
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
