import { Failure } from '@godwit/base';

/** One message of QMP: a JSON object on a line of its own. */
export type QmpMessage = Readonly<Record<string, unknown>>;

/** Longest line that is accepted. `query-qmp-schema` answers about 200 KB; the rest is a guard against garbage. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into messages, however the bytes are cut into packets. A line that is no JSON object
 * throws Failure `qmp-malformed`: after it nothing of the stream can be trusted.
 */
export class QmpReader {
  #parts: Buffer[] = [];
  #length = 0;

  /** All messages that `packet` completes, in order. */
  read(packet: Buffer): QmpMessage[] {
    const messages: QmpMessage[] = [];
    let start = 0;
    for (let end = packet.indexOf(LINE_FEED); end >= 0; end = packet.indexOf(LINE_FEED, start)) {
      this.#keep(packet.subarray(start, end));
      const message = this.#complete();
      if (message) messages.push(message);
      start = end + 1;
    }
    this.#keep(packet.subarray(start));
    return messages;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#length += part.length;
    if (this.#length > LONGEST_LINE_BYTES) {
      throw new Failure('qmp-malformed', `a line of more than ${LONGEST_LINE_BYTES} bytes`);
    }
    this.#parts.push(part);
  }

  #complete(): QmpMessage | undefined {
    const line = (this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)).toString().trim();
    this.#parts = [];
    this.#length = 0;
    if (line === '') return undefined;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as QmpMessage;
    } catch (error) {
      throw new Failure('qmp-malformed', `not JSON: ${line.slice(0, 80)}`, { cause: error });
    }
    throw new Failure('qmp-malformed', `not an object: ${line.slice(0, 80)}`);
  }
}

/** The bytes of one request. */
export function writeMessage(message: QmpMessage): string {
  return `${JSON.stringify(message)}\n`;
}
