import assert from 'node:assert/strict';
import { test } from 'node:test';
import { together } from './together.ts';
import { VirtualClock } from './virtual-clock.ts';

const never = new AbortController().signal;

test('what was done is handed over in the order asked for', async () => {
  const clock = new VirtualClock();
  const after = (ms: number, value: string) => () => clock.sleep(ms).then(() => value);
  const all = together(never, [after(20, 'slow'), after(10, 'quick')]);
  await clock.advance(20, async () => {});
  assert.deepEqual(await all, ['slow', 'quick']);
});

test('after a failure the others are told to end, and waited for', async () => {
  const ended: string[] = [];
  const tidy = async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await Promise.resolve();
    ended.push('tidy');
    throw new Error('told to end');
  };
  const works = [tidy, () => Promise.reject(new Error('the reason')), tidy];
  await assert.rejects(together(never, works), /the reason/);
  assert.deepEqual(ended, ['tidy', 'tidy']);
});

test('the caller may end all of them', async () => {
  const caller = new AbortController();
  const until = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const all = together(caller.signal, [until, until]);
  caller.abort(new Error('enough'));
  await assert.rejects(all, /enough/);
});
