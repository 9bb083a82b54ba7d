import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from './token-bucket.ts';
import { VirtualClock } from './virtual-clock.ts';

test('a burst may go at once, then as much as time brings, and never more than a burst', async () => {
  const clock = new VirtualClock();
  const bucket = new TokenBucket(clock, { burst: 3, perSecond: 2 });
  const taken = () => [1, 2, 3, 4, 5].filter(() => bucket.take()).length;
  assert.equal(taken(), 3);
  await clock.advance(1000, async () => {});
  assert.equal(taken(), 2);
  await clock.advance(250, async () => {});
  assert.equal(taken(), 0);
  await clock.advance(250, async () => {});
  assert.equal(taken(), 1);
  await clock.advance(60_000, async () => {});
  assert.equal(taken(), 3);
});
