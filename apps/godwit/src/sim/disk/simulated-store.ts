import { Failure, hasCode } from '@godwit/base';
import {
  type Entry,
  History,
  type Listing,
  type ListRange,
  MemoryStore,
  type Retention,
  type Store,
  type StoreEvent,
  type Write,
} from '@godwit/store';
import type { Life } from '../world/life.ts';
import type { DiskBatch, SimulatedDisk } from './simulated-disk.ts';

/** Who watches what becomes of writes, from outside the program. */
export interface StoreObserver {
  /** A program has read the disk: this is what there is. */
  opened(batches: readonly DiskBatch[]): void;
  /** It can be read from now on. */
  written(batch: DiskBatch): void;
  /** Somebody has been told that it is safe. */
  acknowledged(batch: DiskBatch): void;
}

export interface SimulatedStoreOptions {
  readonly life: Life;
  readonly disk: SimulatedDisk;
  readonly observer: StoreObserver;
  readonly retention?: Retention;
  /** False plants a bug: writes are acknowledged before they are safe. */
  readonly syncs?: boolean;
}

interface Job {
  readonly writes: readonly Write[];
  readonly resolve: (revision: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The memory store over a simulated disk: a batch is written, synced, made visible and acknowledged, in that order,
 * and the program may die between any two of them.
 */
export class SimulatedStore implements Store {
  readonly #options: SimulatedStoreOptions;
  readonly #memory: MemoryStore;
  readonly #jobs: Job[] = [];
  #working = false;
  #closed = false;

  /** Reads what the disk has. */
  static async open(options: SimulatedStoreOptions): Promise<SimulatedStore> {
    const { disk, observer, life } = options;
    const { heads, floor, batches } = disk.read();
    const history = new History(floor);
    for (const entry of heads) history.restore(entry);
    for (const batch of batches) history.apply(batch, life.world.clock.monotonic());
    const store = new SimulatedStore(options, history);
    if (life.alive) observer.opened(disk.batches);
    return store;
  }

  private constructor(options: SimulatedStoreOptions, history: History) {
    this.#options = options;
    const { life, retention } = options;
    this.#memory = new MemoryStore({ clock: life.world.clock, history, ...(retention && { retention }) });
  }

  get revision(): number {
    return this.#memory.revision;
  }

  async append(writes: readonly Write[]): Promise<number> {
    const { life } = this.#options;
    assertBatch(writes);
    try {
      return await life.effect('store.append', () => this.#enqueue(writes), {
        weather: life.storeWeather,
        byItself: true,
      });
    } catch (error) {
      if (!hasCode(error, 'injected-fault')) throw error;
      const details = { unknown: true };
      throw new Failure('unavailable', 'the store did not answer', { cause: error, retryable: true, details });
    }
  }

  #enqueue(writes: readonly Write[]): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ writes, resolve, reject });
      if (!this.#working) void this.#work();
    });
  }

  get(key: string, options?: { readonly at?: number }): Promise<Entry | undefined> {
    return this.#memory.get(key, options);
  }

  list(prefix: string, options?: ListRange): Promise<Listing> {
    return this.#memory.list(prefix, options);
  }

  watch(prefix: string, since: number, signal: AbortSignal): AsyncIterable<StoreEvent> {
    return this.#memory.watch(prefix, since, signal);
  }

  compact(revision: number): Promise<void> {
    const { disk } = this.#options;
    disk.floor = Math.max(disk.floor, Math.min(revision, this.revision));
    return this.#memory.compact(revision);
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#memory.close();
  }

  async #work(): Promise<void> {
    this.#working = true;
    const { life } = this.#options;
    for (let job = this.#jobs.shift(); job && life.alive; job = this.#jobs.shift()) {
      try {
        job.resolve(await this.#commit(job.writes));
      } catch (error) {
        job.reject(error);
      }
    }
    this.#working = false;
  }

  async #commit(writes: readonly Write[]): Promise<number> {
    const { life, disk, observer, syncs = true } = this.#options;
    if (this.#closed) throw new Failure('unavailable', 'the store is closed', { retryable: true });
    await this.#assertNoConflict(writes);
    const batch: DiskBatch = {
      revision: this.#memory.revision + 1,
      writes: writes.map(({ key, body }) => ({ key, body })),
    };
    write(disk, batch);
    await life.point('store.write');
    if (syncs && disk.syncMs > 0) await life.world.clock.sleep(disk.syncMs);
    if (syncs) disk.sync();
    await life.point('store.sync');
    await this.#memory.append(writes);
    observer.written(batch);
    observer.acknowledged(batch);
    return batch.revision;
  }

  /** Before anything is on disk; batches are committed one after the other, so nothing comes between. */
  async #assertNoConflict(writes: readonly Write[]): Promise<void> {
    for (const { key, previous } of writes) {
      if (previous === undefined) continue;
      const revision = (await this.#memory.get(key))?.revision ?? 0;
      if (revision === previous) continue;
      throw new Failure('conflict', `${key} stands at revision ${revision}`, { details: { key, revision } });
    }
  }
}

/** What no engine may be given must not reach the disk. */
function assertBatch(writes: readonly Write[]): void {
  const keys = new Set(writes.map(({ key }) => key));
  if (writes.length === 0 || keys.size < writes.length) throw new RangeError('a batch names each key once');
}

function write(disk: SimulatedDisk, batch: DiskBatch): void {
  try {
    disk.write(batch);
  } catch (error) {
    if (!hasCode(error, 'no-space')) throw error;
    throw new Failure('unavailable', 'the store cannot write', { cause: error, retryable: true });
  }
}
