import type { Clock } from '@godwit/base';
import { checkBatch, conflictOf } from './batch.ts';
import { unavailable } from './failures.ts';
import type { History } from './replica/history.ts';
import { Replica, type Retention } from './replica/index.ts';
import type { Entry, Listing, ListRange, Store, StoreEvent, Write } from './store.ts';

/** A log that lives as long as the process: for simulations, rehearsals and tests. Synchronous inside. */
export class MemoryStore implements Store {
  readonly #replica: Replica;
  #closed = false;

  /** @param options.history what there is at the beginning; nothing where absent */
  constructor(options: { readonly clock: Clock; readonly retention?: Retention; readonly history?: History }) {
    this.#replica = new Replica(options);
    if (options.history) this.#replica.load(options.history);
  }

  get revision(): number {
    return this.#replica.revision;
  }

  async append(writes: readonly Write[]): Promise<number> {
    checkBatch(writes);
    this.#checkOpen();
    const conflict = conflictOf(writes, (key) => this.#replica.head(key));
    if (conflict) throw conflict;
    const revision = this.#replica.revision + 1;
    this.#replica.publish({ revision, writes });
    return revision;
  }

  async get(key: string, options: { readonly at?: number } = {}): Promise<Entry | undefined> {
    this.#checkOpen();
    return this.#replica.get(key, options.at);
  }

  async list(prefix: string, options?: ListRange): Promise<Listing> {
    this.#checkOpen();
    return this.#replica.list(prefix, options);
  }

  watch(prefix: string, since: number, signal: AbortSignal): AsyncIterable<StoreEvent> {
    return this.#replica.watch(prefix, since, signal);
  }

  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    this.#replica.compact(revision);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#replica.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw unavailable('the store is closed');
  }
}
