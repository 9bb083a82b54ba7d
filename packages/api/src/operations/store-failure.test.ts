import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, VirtualClock } from '@godwit/base';
import type { StatusFailure } from '@godwit/kinds';
import { MemoryStore, type Write } from '@godwit/store';
import { configMap, configMaps, openDoor } from './testing/open-door.ts';

/** A store whose disk fails when it is told to. */
class FailingStore extends MemoryStore {
  failure: Failure | undefined;

  override append(writes: readonly Write[]): Promise<number> {
    return this.failure ? Promise.reject(this.failure) : super.append(writes);
  }
}

/** What a client hears when the store refuses a write in this way. */
async function answerTo(failure: Failure): Promise<StatusFailure> {
  const store = new FailingStore({ clock: new VirtualClock() });
  const { door } = await openDoor({ store });
  store.failure = failure;
  return door.create(configMaps, configMap('x')).then(
    () => assert.fail('it was written'),
    (error: StatusFailure) => error,
  );
}

test('a store that cannot write says why, and that nothing was written', async () => {
  const answer = await answerTo(new Failure('unavailable', 'store.db: the disk is full'));
  assert.equal(answer.reason, 'ServiceUnavailable');
  assert.match(answer.message, /nothing was written: store\.db: the disk is full/);
  assert.equal(answer.statusDetails?.retryAfterSeconds, 1);
});

test('a write whose end nobody saw is told as such', async () => {
  const answer = await answerTo(new Failure('unavailable', 'the thread died', { details: { unknown: true } }));
  assert.match(answer.message, /whether the write was done must be read again/);
});
