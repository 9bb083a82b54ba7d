import type { Event, Stored } from '@godwit/kinds';

/** How long an event stays after it was last seen. */
export const EVENT_LIFE_MS = 60 * 60_000;

function latest(instants: readonly (string | undefined)[]): number {
  const times = instants.flatMap((text) => (text ? [Date.parse(text)] : [])).filter((time) => !Number.isNaN(time));
  return Math.max(0, ...times);
}

/** When the event was last seen, in milliseconds since the epoch; at least its creation. */
export function lastSeenMs(item: Stored<Event>): number {
  const { metadata, eventTime, firstTimestamp, lastTimestamp, series } = item;
  return latest([metadata.creationTimestamp, eventTime, firstTimestamp, lastTimestamp, series?.lastObservedTime]);
}

export interface Expiry {
  readonly expired: readonly Stored<Event>[];
  /** When the next one expires, in milliseconds since the epoch; undefined when none is left. */
  readonly nextMs?: number;
}

/** Which events are over, and when to look again. Pure. */
export function expiredEvents(events: Iterable<Stored<Event>>, nowMs: number): Expiry {
  const expired: Stored<Event>[] = [];
  let nextMs = Number.POSITIVE_INFINITY;
  for (const item of events) {
    const endMs = lastSeenMs(item) + EVENT_LIFE_MS;
    if (endMs <= nowMs) expired.push(item);
    else nextMs = Math.min(nextMs, endMs);
  }
  return { expired, ...(nextMs < Number.POSITIVE_INFINITY && { nextMs }) };
}
