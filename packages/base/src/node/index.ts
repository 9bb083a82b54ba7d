/** What the ground needs of Node: identities from the system's own randomness, files that may not be there, and other programs. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type Ids, type Random, SeededIds, SeededRandom } from '../index.ts';

export * from './files.ts';
export * from './run-program.ts';

/** Unguessable UUIDs and suffixes. */
export class SystemIds implements Ids {
  readonly #suffixes = new SeededIds({
    next: () => randomInt(2 ** 32) / 2 ** 32,
    integer: (bound) => randomInt(bound),
    fork: systemRandom,
  });

  uuid(): string {
    return randomUUID();
  }

  suffix(length: number): string {
    return this.#suffixes.suffix(length);
  }
}

/** A source of chance seeded by the system. */
export function systemRandom(): Random {
  return new SeededRandom(randomBytes(4).readUInt32LE());
}
