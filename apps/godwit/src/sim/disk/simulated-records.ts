import type { Random } from '@godwit/base';
import type { MachineRecords } from '@godwit/host';

/**
 * What a host remembers of its machines, in files that are moved into place and never synced: after a power cut
 * each of them may be as it is, as it was, or not there.
 */
export class SimulatedRecords implements MachineRecords {
  /** Records are values that nobody changes; who loads one gets a copy. */
  readonly #records = new Map<string, unknown>();
  readonly #earlier = new Map<string, unknown>();
  readonly #assertWritable: () => void;

  constructor(assertWritable: () => void) {
    this.#assertWritable = assertWritable;
  }

  /** Machines that have a record, for invariants. */
  actual(): readonly string[] {
    return [...this.#records.keys()];
  }

  async load(): Promise<ReadonlyMap<string, unknown>> {
    return new Map([...this.#records].map(([uid, record]) => [uid, JSON.parse(JSON.stringify(record))]));
  }

  async save(uid: string, record: unknown): Promise<void> {
    this.#assertWritable();
    this.#keep(uid);
    this.#records.set(uid, record);
  }

  async remove(uid: string): Promise<void> {
    this.#keep(uid);
    this.#records.delete(uid);
  }

  #keep(uid: string): void {
    this.#earlier.set(uid, this.#records.get(uid));
  }

  /** Whatever was written is safe from now on. */
  sync(): void {
    this.#earlier.clear();
  }

  cutPower(random: Random): void {
    for (const [uid, earlier] of this.#earlier) {
      const luck = random.integer(4);
      if (luck === 0 && earlier !== undefined) this.#records.set(uid, earlier);
      else if (luck === 1) this.#records.delete(uid);
    }
    this.#earlier.clear();
  }
}
