import { Failure, type Random } from '@godwit/base';
import type { MachineRecords } from '@godwit/host';

/**
 * What a host remembers of its machines, in files that are moved into place and never synced: after a power cut
 * each of them may be as it is, as it was, or not there.
 */
export class SimulatedRecords implements MachineRecords {
  readonly #texts = new Map<string, string>();
  readonly #earlier = new Map<string, string | undefined>();
  readonly #isFull: () => boolean;

  constructor(isFull: () => boolean) {
    this.#isFull = isFull;
  }

  /** Machines that have a record, for invariants. */
  actual(): readonly string[] {
    return [...this.#texts.keys()];
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    return new Map([...this.#texts].map(([uid, text]) => [uid, JSON.parse(text)]));
  }

  async save(uid: string, record: unknown): Promise<void> {
    if (this.#isFull()) throw new Failure('no-space', 'the disk is full');
    this.#keep(uid);
    this.#texts.set(uid, JSON.stringify(record));
  }

  async remove(uid: string): Promise<void> {
    this.#keep(uid);
    this.#texts.delete(uid);
  }

  #keep(uid: string): void {
    this.#earlier.set(uid, this.#texts.get(uid));
  }

  cutPower(random: Random): void {
    for (const [uid, earlier] of this.#earlier) {
      const luck = random.integer(4);
      if (luck === 0 && earlier !== undefined) this.#texts.set(uid, earlier);
      else if (luck === 1) this.#texts.delete(uid);
    }
    this.#earlier.clear();
  }
}
