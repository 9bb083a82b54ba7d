/** Words that the suite's tests share. */
import { hasCode } from '@godwit/base';
import type { Body, StoreEvent } from '../../store.ts';

export const body = (text: string): Body => ({ text });

/** Reads `count` events, and no more. */
export async function take(events: AsyncIterable<StoreEvent>, count: number): Promise<StoreEvent[]> {
  const taken: StoreEvent[] = [];
  const iterator = events[Symbol.asyncIterator]();
  while (taken.length < count) {
    const result = await iterator.next();
    if (result.done) break;
    taken.push(result.value);
  }
  return taken;
}

/** An event in a few words: `put /a/x=1@3 (was 0@2)`, and `…` when more of its batch follows. */
export function describe(event: StoreEvent): string {
  if (event.type === 'bookmark') return `bookmark@${event.revision}`;
  const value = event.type === 'put' ? `=${event.body.text}` : '';
  const before = event.before ? ` (was ${event.before.body.text}@${event.before.revision})` : '';
  return `${event.type} ${event.key}${value}@${event.revision}${before}${event.last === false ? ' …' : ''}`;
}

export const conflict = (error: unknown) => hasCode(error, 'conflict');
export const tooOld = (error: unknown) => hasCode(error, 'too-old');
export const unavailable = (error: unknown) => hasCode(error, 'unavailable');
