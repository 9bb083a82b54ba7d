import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@godwit/base';
import { PausableClock } from './pausable-clock.ts';

test('what falls due during a pause comes when it is over, in its order; the rest comes when it is due', () => {
  const outer = new VirtualClock();
  const clock = new PausableClock(outer);
  const came: string[] = [];
  const note = (name: string) => () => came.push(`${name} at ${clock.monotonic()}`);
  clock.after(10, note('first'));
  clock.after(20, note('second'));
  clock.after(30, note('cancelled')).cancel();
  clock.after(500, note('last'));
  clock.pause(100);
  assert.ok(clock.paused);
  while (outer.step());
  assert.deepEqual(came, ['first at 100', 'second at 100', 'last at 500']);
  assert.ok(!clock.paused);
});
