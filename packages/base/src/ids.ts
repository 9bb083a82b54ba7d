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
    let hex = '';
    for (let index = 0; index < 32; index++) {
      const digit = index === 12 ? 4 : this.#random.integer(16);
      hex += HEX[index === 16 ? (digit & 3) | 8 : digit];
    }
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  suffix(length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += SUFFIX_ALPHABET[this.#random.integer(SUFFIX_ALPHABET.length)];
    return text;
  }
}
