/**
 * What a host remembers of its machines, so that a new process can adopt what an old one left: one text a
 * machine, replaced as a whole. `<state>/machines/<uid>` in production, a map in tests.
 */
export interface MachineRecords {
  /** All records that can be read. One torn by a power cut is left out: the API still has the spec. */
  load(): Promise<ReadonlyMap<string, unknown>>;
  /** Writes or replaces a record, all or nothing. */
  save(uid: string, record: unknown): Promise<void>;
  /** Forgets a machine; no error when it is not known. */
  remove(uid: string): Promise<void>;
}

/** Records that outlive an incarnation but not the process. */
export class MemoryRecords implements MachineRecords {
  readonly #texts = new Map<string, string>();

  load(): Promise<ReadonlyMap<string, unknown>> {
    return Promise.resolve(new Map([...this.#texts].map(([uid, text]) => [uid, JSON.parse(text)])));
  }

  save(uid: string, record: unknown): Promise<void> {
    this.#texts.set(uid, JSON.stringify(record));
    return Promise.resolve();
  }

  remove(uid: string): Promise<void> {
    this.#texts.delete(uid);
    return Promise.resolve();
  }
}
