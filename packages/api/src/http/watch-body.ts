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

/** Bytes that are handed out together at most: a burst must not become one long piece of work. */
const CHUNK = 256 * 1024;

/**
 * The lines of a watch. Events that wait are handed out together, so that a burst costs few writes; every
 * watcher gets the same bytes. A failure on the way (an expired version, a reader that fell behind) is
 * told as an ERROR event, as the protocol has it, and ends the watch.
 */
export async function* watchLines(watch: DocumentWatch, line: EventLine): AsyncGenerator<Uint8Array> {
  let first = true;
  try {
    for await (const event of watch) {
      let lines = [line(event, first)];
      let size = 0;
      first = false;
      for (const waiting of watch.drain()) {
        const next = line(waiting, false);
        size += next.length;
        if (size > CHUNK) {
          yield joined(lines);
          lines = [];
          size = next.length;
        }
        lines.push(next);
      }
      yield joined(lines);
    }
  } catch (error) {
    yield eventLine('ERROR', JSON.stringify(statusOf(error)));
  }
}

function joined(lines: readonly Uint8Array[]): Uint8Array {
  const [only] = lines;
  if (only && lines.length === 1) return only;
  const all = new Uint8Array(lines.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const bytes of lines) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}
