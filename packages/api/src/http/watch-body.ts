import type { DocumentEvent, DocumentWatch } from '../operations/operations.ts';
import { statusOf } from './answer.ts';

/** How one event is written: a line of UTF-8. `first` is true for a watcher's first event. */
export type EventLine = (event: DocumentEvent, first: boolean) => Uint8Array;

export const plainLine: EventLine = (event) => event.line;

const encoder = new TextEncoder();

/** The bytes of one event that holds `object` (already JSON). */
export function eventLine(type: string, objectJson: string): Uint8Array {
  return encoder.encode(`{"type":"${type}","object":${objectJson}}\n`);
}

/**
 * The lines of a watch. Events that wait are handed out together, so that a burst costs few writes; every
 * watcher gets the same bytes. A failure on the way (an expired version, a reader that fell behind) is
 * told as an ERROR event, as the protocol has it, and ends the watch.
 */
export async function* watchLines(watch: DocumentWatch, line: EventLine): AsyncGenerator<Uint8Array> {
  let first = true;
  try {
    for await (const event of watch) {
      const one = line(event, first);
      first = false;
      const waiting = watch.drain();
      yield waiting.length === 0 ? one : joined(one, waiting, line);
    }
  } catch (error) {
    yield eventLine('ERROR', JSON.stringify(statusOf(error)));
  }
}

function joined(one: Uint8Array, events: readonly DocumentEvent[], line: EventLine): Uint8Array {
  const lines = [one];
  let size = one.length;
  for (const event of events) {
    const next = line(event, false);
    lines.push(next);
    size += next.length;
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const bytes of lines) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}
