import { Failure } from '@godwit/base';
import { AMOUNT_STEPS } from './amount-steps.ts';

/** Largest power of 128 in a whole number: what is beyond is no safe integer. */
const MOST_BYTES = 7;

/** Reads what a {@link ByteWriter} wrote. All of it throws Failure `record-damaged` where that ends too early. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** @throws Failure `record-damaged` when the text is no base64 */
  constructor(text: string) {
    const characters = decoded(text);
    this.#bytes = new Uint8Array(characters.length);
    for (let index = 0; index < characters.length; index++) this.#bytes[index] = characters.charCodeAt(index);
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw damaged('it ends too early');
    return value;
  }

  whole(): number {
    let value = 0;
    for (let place = 0; place < MOST_BYTES; place++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 0x80 ** place;
      if (byte < 0x80) return value;
    }
    throw damaged('a number in it is too long');
  }

  amount(): number {
    const high = this.byte();
    return 2 ** (((high << 8) | this.byte()) / AMOUNT_STEPS) - 1;
  }

  /** Refuses what is longer than what was read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw damaged('it goes on too long');
  }
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch (cause) {
    throw damaged('it is not base64', cause);
  }
}

/** What was kept cannot be read. */
export function damaged(why: string, cause?: unknown): Failure {
  return new Failure('record-damaged', `what was learned cannot be read: ${why}`, { cause });
}
