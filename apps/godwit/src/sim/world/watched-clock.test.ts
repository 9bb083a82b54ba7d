import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WatchedClock } from './watched-clock.ts';

test('who sets one timer after the other is named', () => {
  const clock = new WatchedClock();
  clock.watch();
  const goRound = (): void => void clock.after(0, goRound);
  goRound();
  for (let step = 0; step < 9; step++) clock.step();
  assert.match(clock.busiest().join('\n'), /9 timers set at goRound/);
});

test('a timer at no time is reported, and others still come', () => {
  const clock = new WatchedClock();
  const told: string[] = [];
  let came = false;
  clock.onNoTime = (where) => told.push(where);
  clock.after(Number.NaN, () => assert.fail('it must never come')).cancel();
  clock.after(5, () => {
    came = true;
  });
  clock.step();
  assert.equal(told.length, 1);
  assert.ok(came);
});
