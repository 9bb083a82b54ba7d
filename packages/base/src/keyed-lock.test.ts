import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedLock } from './keyed-lock.ts';

test('each waits for its turn at a name; other names do not wait', async () => {
  const lock = new KeyedLock();
  const said: string[] = [];
  const take = async (name: string, what: string) => {
    const release = await lock.acquire(name);
    said.push(what);
    await new Promise(setImmediate);
    said.push(`${what} done`);
    release();
  };
  await Promise.all([take('a', 'first'), take('a', 'second'), take('b', 'other')]);
  assert.ok(said.indexOf('other') < said.indexOf('first done'));
  assert.deepEqual(
    said.filter((what) => !what.startsWith('other')),
    ['first', 'first done', 'second', 'second done'],
  );
});

test('who gives up waiting is passed over, and only after those before', async () => {
  const lock = new KeyedLock();
  const first = await lock.acquire('a');
  const impatient = new AbortController();
  const gaveUp = lock.acquire('a', impatient.signal);
  let third = false;
  const last = lock.acquire('a', new AbortController().signal).then((release) => {
    third = true;
    release();
  });
  impatient.abort(new Error('enough'));
  await assert.rejects(gaveUp, /enough/);
  await new Promise(setImmediate);
  assert.equal(third, false, 'the first one still holds it');
  first();
  await last;
  assert.equal(third, true);
});
