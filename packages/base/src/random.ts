/** The only source of chance. Seeded, so that every run can be repeated. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, bound). */
  integer(bound: number): number;
  /** A source of its own, whose numbers do not depend on how much is drawn here later. */
  fork(): Random;
}

/**
 * splitmix32 (Sebastiano Vigna's splitmix64 reduced to 32 bits): small, quick, and good enough for
 * placement ties, jitter and simulation. Never for secrets.
 */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  #bits(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  }

  next(): number {
    return this.#bits() / 2 ** 32;
  }

  integer(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  fork(): Random {
    return new SeededRandom(this.#bits());
  }
}
