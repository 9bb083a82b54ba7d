import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event, Stored } from '@godwit/kinds';
import { EVENT_LIFE_MS, expiredEvents } from './expired-events.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

function eventOf(name: string, created: number, more: Omit<Partial<Event>, 'metadata'> = {}): Stored<Event> {
  const metadata = { name, namespace: 'n', uid: name, resourceVersion: '1', creationTimestamp: ago(created) };
  return { apiVersion: 'v1', kind: 'Event', metadata, involvedObject: {}, ...more };
}

test('events go an hour after they were last seen', () => {
  const events = [
    eventOf('old', 61),
    eventOf('young', 10),
    eventOf('again', 300, { lastTimestamp: ago(5) }),
    eventOf('series', 300, { series: { count: 3, lastObservedTime: ago(59) } }),
  ];
  const { expired, nextMs } = expiredEvents(events, NOW);
  assert.deepEqual(
    expired.map(({ metadata }) => metadata.name),
    ['old'],
  );
  assert.equal(nextMs, NOW + EVENT_LIFE_MS - 59 * 60_000);
  assert.deepEqual(expiredEvents([], NOW), { expired: [] });
});
