import type { Random } from './random.ts';

/** Where identities come from: random in production, seeded in tests and simulation. */
export interface Ids {
  /** A version 4 UUID (RFC 9562). */
  uuid(): string;
  /** `length` characters that are safe in a Kubernetes name and form no words, for `generateName`. */
  suffix(length: number): string;
}

/** Kubernetes' own alphabet for generated names: no vowels, no characters that look alike. */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const HEX = '0123456789abcdef';

/** Identities drawn from a seeded source. */
export class SeededIds implements Ids {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  uuid(): string {
    const digits: string[] = [];
    for (let index = 0; index < 32; index++) {
      if (index === 8 || index === 12 || index === 16 || index === 20) digits.push('-');
      const digit = index === 12 ? 4 : this.#random.integer(16);
      digits.push(HEX[index === 16 ? (digit & 3) | 8 : digit] as string);
    }
    // In one piece: a text that was put together bit by bit keeps all the bits.
    return digits.join('');
  }

  suffix(length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += SUFFIX_ALPHABET[this.#random.integer(SUFFIX_ALPHABET.length)];
    return text;
  }
}
