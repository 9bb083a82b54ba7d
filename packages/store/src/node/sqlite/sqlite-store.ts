import type { Clock, Failure } from '@godwit/base';
import { type Batch, checkBatch, conflictOf } from '../../batch.ts';
import { unavailable } from '../../failures.ts';
import type { Dropped } from '../../replica/history.ts';
import { Replica, type Retention } from '../../replica/index.ts';
import type { Entry, Listing, ListRange, Store, StoreEvent, Write } from '../../store.ts';
import { Committer } from './committer.ts';
import { type Durability, LogFile, type Row } from './log-file.ts';

export interface SqliteOptions {
  /** The file; made when it is not there. Its folder must exist. */
  readonly path: string;
  readonly clock: Clock;
  readonly retention?: Retention;
  /** Defaults to `full`; see {@link Durability}. */
  readonly durability?: Durability;
}

/** A batch that has its revision but is not durable yet. */
interface Pending extends Batch {
  readonly rows: readonly Row[];
  readonly settled: Promise<number>;
  readonly resolve: (revision: number) => void;
  readonly reject: (failure: Failure) => void;
}

/** A compaction that has to reach the file. */
interface Forgetting {
  readonly floor: number;
  readonly dropped: readonly Dropped[];
}

/**
 * Batches that go to the writing thread as one message at most. Each message costs both threads more than a row
 * does; but a portion must not take longer to come together than a commit, or the disk waits for the processor.
 */
const PORTION = 8;

/** What was sent to the committer in one go. */
interface Sent {
  readonly batches: readonly Pending[];
  readonly forgetting: Forgetting | undefined;
}

/** The log in one SQLite file; every acknowledged batch has been synced to disk. */
export class SqliteStore implements Store {
  readonly #replica: Replica;
  readonly #committer: Committer;
  /** The newest pending batch of each key that one writes. */
  readonly #pendingByKey = new Map<string, Pending>();
  #queued: Pending[] = [];
  #forgetting: Forgetting | undefined;
  #sent: Sent[] = [];
  #next: number;
  /** Will send what is queued when this turn of the event loop ends. */
  #flushing: NodeJS.Immediate | undefined;
  #closed = false;
  /** Groups sent, and those of them that have been reported. */
  #sentCount = 0;
  #reportedCount = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  /** Reads the file. Throws `unavailable` when it is damaged, locked or out of reach. */
  static async open(options: SqliteOptions): Promise<SqliteStore> {
    const file = new LogFile(options.path, options.durability);
    try {
      const history = file.load(options.clock.monotonic());
      const store = new SqliteStore(options);
      store.#replica.load(history);
      store.#next = history.revision + 1;
      return store;
    } finally {
      file.close();
    }
  }

  private constructor(options: SqliteOptions) {
    const { clock, retention, path, durability = 'full' } = options;
    const onCompact = (floor: number, dropped: readonly Dropped[]) => this.#forget({ floor, dropped });
    this.#replica = new Replica({ clock, onCompact, ...(retention && { retention }) });
    this.#committer = new Committer(
      { path, durability },
      { durable: (count) => this.#onDurable(count), failed: (failure) => this.#onFailed(failure) },
    );
    this.#next = 1;
  }

  get revision(): number {
    return this.#replica.revision;
  }

  async append(writes: readonly Write[]): Promise<number> {
    checkBatch(writes);
    this.#checkOpen();
    const conflict = conflictOf(writes, (key) => this.#head(key));
    if (conflict) {
      // The other write decides only once it is durable itself: until then it may still come to nothing.
      await this.#pendingByKey.get(String(conflict.details.key))?.settled;
      throw conflict;
    }
    const pending = makePending(this.#next, writes);
    this.#next++;
    for (const { key } of writes) this.#pendingByKey.set(key, pending);
    this.#queued.push(pending);
    this.#scheduleFlush();
    return pending.settled;
  }

  /** Where `key` will stand when all that is pending has become durable. */
  #head(key: string): number {
    const pending = this.#pendingByKey.get(key);
    if (!pending) return this.#replica.head(key);
    return pending.writes.find((write) => write.key === key)?.body ? pending.revision : 0;
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

  /** The past is forgotten at once; its rows leave the file now, or with a later batch when the disk fails now. */
  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    const dropped = this.#replica.compact(revision);
    this.#forget({ floor: this.#replica.floor, dropped });
    await this.#settled();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#settled();
    this.#replica.close();
    await this.#committer.close();
  }

  #checkOpen(): void {
    if (this.#closed) throw unavailable('the store is closed');
  }

  #forget(more: Forgetting): void {
    const before = this.#forgetting;
    this.#forgetting = before ? { floor: more.floor, dropped: [...before.dropped, ...more.dropped] } : more;
    this.#scheduleFlush();
  }

  /** What arrives in one turn of the event loop goes to the thread together, but the first of a crowd need not wait for all. */
  #scheduleFlush(): void {
    if (this.#queued.length >= PORTION) this.#flush();
    else this.#flushing ??= setImmediate(() => this.#flush());
  }

  #flush(): void {
    clearImmediate(this.#flushing);
    this.#flushing = undefined;
    const batches = this.#queued;
    const forgetting = this.#forgetting;
    const first = batches[0]?.revision ?? this.#next;
    this.#queued = [];
    this.#forgetting = undefined;
    this.#sent.push({ batches, forgetting });
    this.#sentCount++;
    this.#committer.send({ rows: batches.flatMap((batch) => batch.rows), ...forgetting }, first - 1);
  }

  #onDurable(count: number): void {
    for (const { batches } of this.#sent.splice(0, count)) {
      for (const batch of batches) {
        this.#replica.publish(batch);
        for (const { key } of batch.writes) if (this.#pendingByKey.get(key) === batch) this.#pendingByKey.delete(key);
        batch.resolve(batch.revision);
      }
    }
    this.#reported(this.#reportedCount + count);
  }

  /** Nothing that is pending was written: all of it fails, and numbers begin again after what is durable. */
  #onFailed(failure: Failure): void {
    const failed = [...this.#sent.flatMap((sent) => sent.batches), ...this.#queued];
    const forgettings = this.#sent.flatMap((sent) => sent.forgetting ?? []);
    this.#sent = [];
    this.#queued = [];
    this.#pendingByKey.clear();
    this.#next = this.#replica.revision + 1;
    for (const batch of failed) batch.reject(failure);
    // The rows still have to go some day; they travel with the next batch, not at once on a sick disk.
    if (forgettings.length > 0) {
      const dropped = [...forgettings, ...(this.#forgetting ? [this.#forgetting] : [])].flatMap((one) => one.dropped);
      this.#forgetting = { floor: this.#replica.floor, dropped };
    }
    this.#reported(this.#sentCount);
  }

  /** Resolves when everything up to now has been reported, well or ill. */
  #settled(): Promise<void> {
    const count = this.#sentCount + (this.#flushing ? 1 : 0);
    if (count <= this.#reportedCount) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  #reported(count: number): void {
    this.#reportedCount = count;
    const ready = this.#waiting.filter((one) => one.count <= count);
    this.#waiting = this.#waiting.filter((one) => one.count > count);
    for (const { resolve } of ready) resolve();
  }
}

function makePending(revision: number, writes: readonly Write[]): Pending {
  const rows = writes.map(({ key, body }, ordinal): Row => ({ revision, ordinal, key, text: body?.text ?? null }));
  const { promise: settled, resolve, reject } = Promise.withResolvers<number>();
  return { revision, writes, rows, settled, resolve, reject };
}
