import type { Clock, Failure, Timer } from '@godwit/base';
import type pg from 'pg';
import { checkBatch } from '../../batch.ts';
import { unavailable } from '../../failures.ts';
import { Replica, type Retention } from '../../replica/index.ts';
import type { Entry, Listing, ListRange, Store, StoreEvent, Write } from '../../store.ts';
import { Connection } from './connection.ts';
import { catchUp, loadHistory } from './image.ts';
import { Statements } from './statements.ts';
import { type Forgetting, type GroupInput, type Verdict, writeGroup } from './transaction.ts';

export interface PostgresOptions {
  /** How to reach the database, as `pg` takes it: `{connectionString}` or host, user and so on. */
  readonly connection: pg.ClientConfig;
  /** Schema in which the tables are; made when it is not there. Defaults to `godwit`. */
  readonly schema?: string;
  readonly clock: Clock;
  readonly retention?: Retention;
}

interface Pending {
  readonly writes: readonly Write[];
  readonly resolve: (revision: number) => void;
  readonly reject: (failure: unknown) => void;
}

/** Most appends in one transaction: the lock must not be held for long. */
const APPENDS_PER_GROUP = 500;
/** How often the database is asked although nothing was heard, in milliseconds. */
const POLL_MS = 5_000;

/** The log in PostgreSQL, shared by any number of servers. */
export class PostgresStore implements Store {
  readonly #clock: Clock;
  readonly #replica: Replica;
  readonly #statements: Statements;
  readonly #writer: Connection;
  readonly #reader: Connection;
  #queued: Pending[] = [];
  #forgetting: Forgetting | undefined;
  #writing: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #readingNext: Promise<void> | undefined;
  #poll: Timer | undefined;
  #closed = false;

  /** Makes the tables where they are missing, and reads the log. Throws `unavailable`. */
  static async open(options: PostgresOptions): Promise<PostgresStore> {
    const store = new PostgresStore(options);
    try {
      await store.#statements.install(store.#writer);
      store.#replica.load(await loadHistory(store.#reader, store.#statements, options.clock.monotonic()));
    } catch (error) {
      await store.close();
      throw error;
    }
    store.#schedulePoll(POLL_MS);
    return store;
  }

  private constructor(options: PostgresOptions) {
    const { clock, retention, connection, schema = 'godwit' } = options;
    this.#clock = clock;
    this.#statements = new Statements(schema);
    this.#replica = new Replica({
      clock,
      onCompact: (floor, dropped) => this.#forget({ floor, dropped }),
      ...(retention && { retention }),
    });
    this.#writer = new Connection(connection);
    this.#reader = new Connection(connection, {
      channel: this.#statements.channel,
      onNotification: (revision) => {
        if (Number(revision) > this.#replica.revision) this.#readSoon();
      },
      onLost: () => this.#schedulePoll(POLL_MS / 10),
    });
  }

  get revision(): number {
    return this.#replica.revision;
  }

  /** The newest revision that any server had made durable when this was called, once it is known here. */
  async tip(): Promise<number> {
    this.#checkOpen();
    await this.#read();
    return this.#replica.revision;
  }

  async append(writes: readonly Write[]): Promise<number> {
    checkBatch(writes);
    this.#checkOpen();
    return new Promise((resolve, reject) => {
      this.#queued.push({ writes, resolve, reject });
      this.#startWriting();
    });
  }

  async get(key: string, options: { readonly at?: number } = {}): Promise<Entry | undefined> {
    this.#checkOpen();
    if (!this.#isKnown(options.at)) await this.#read();
    return this.#replica.get(key, options.at);
  }

  async list(prefix: string, options: ListRange = {}): Promise<Listing> {
    this.#checkOpen();
    if (!this.#isKnown(options.at)) await this.#read();
    return this.#replica.list(prefix, options);
  }

  watch(prefix: string, since: number, signal: AbortSignal): AsyncIterable<StoreEvent> {
    return this.#replica.watch(prefix, since, signal);
  }

  /** The past is forgotten at once; its rows leave the database now, or with a later batch when it is away. */
  async compact(revision: number): Promise<void> {
    this.#checkOpen();
    await this.#read();
    const dropped = this.#replica.compact(revision);
    this.#forget({ floor: this.#replica.floor, dropped });
    await this.#writing;
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#poll?.cancel();
      this.#replica.close();
    }
    await Promise.allSettled([this.#writing, this.#reading, this.#readingNext]);
    await Promise.all([this.#writer.drop(), this.#reader.drop()]);
  }

  #checkOpen(): void {
    if (this.#closed) throw unavailable('the store is closed');
  }

  /** What is past does not change: it needs no question to the database. */
  #isKnown(at: number | undefined): boolean {
    return at !== undefined && at <= this.#replica.revision;
  }

  #forget(more: Forgetting): void {
    const before = this.#forgetting;
    this.#forgetting = before ? { floor: more.floor, dropped: [...before.dropped, ...more.dropped] } : more;
    this.#startWriting();
  }

  /** What arrives while a transaction is under way goes into the next one. */
  #startWriting(): void {
    this.#writing ??= Promise.resolve()
      .then(() => this.#writeAll())
      .finally(() => {
        this.#writing = undefined;
        if (this.#queued.length > 0) this.#startWriting();
      });
  }

  async #writeAll(): Promise<void> {
    while (this.#queued.length > 0 || this.#forgetting) {
      const group = this.#queued.splice(0, APPENDS_PER_GROUP);
      const forgetting = this.#forgetting;
      this.#forgetting = undefined;
      const input: GroupInput = {
        appends: group.map((pending) => pending.writes),
        forgetting,
        readUpTo: async (revision) => {
          if (revision > this.#replica.revision) await this.#read();
        },
        headOf: (key) => this.#replica.head(key),
      };
      try {
        this.#settle(group, await writeGroup(this.#writer, this.#statements, this.#clock, input));
      } catch (error) {
        for (const pending of group) pending.reject(error);
        // The rows still have to go some day: with the next append, not at once while the database is away.
        if (forgetting) this.#putBack(forgetting);
        if (this.#queued.length === 0) return;
      }
    }
  }

  #settle(group: readonly Pending[], verdicts: readonly Verdict[]): void {
    for (const [index, verdict] of verdicts.entries()) {
      const pending = group[index] as Pending;
      if ('conflict' in verdict) {
        pending.reject(verdict.conflict satisfies Failure);
        continue;
      }
      // The reader may have been quicker.
      if (verdict.batch.revision > this.#replica.revision) this.#replica.publish(verdict.batch);
      pending.resolve(verdict.batch.revision);
    }
  }

  #putBack(forgetting: Forgetting): void {
    const later = this.#forgetting;
    const dropped = [...forgetting.dropped, ...(later?.dropped ?? [])];
    this.#forgetting = { floor: Math.max(forgetting.floor, later?.floor ?? 0), dropped };
  }

  /** Resolves when all that was committed before the call is in the image. Questions asked together share one read. */
  #read(): Promise<void> {
    if (!this.#reading) {
      this.#reading = catchUp(this.#reader, this.#statements, this.#replica, () => this.#clock.monotonic()).finally(
        () => {
          this.#reading = undefined;
        },
      );
      return this.#reading;
    }
    // The one under way may have looked before: only the next one is sure to see everything.
    this.#readingNext ??= this.#reading
      .catch(() => undefined)
      .then(() => {
        this.#readingNext = undefined;
        return this.#read();
      });
    return this.#readingNext;
  }

  #readSoon(): void {
    if (this.#closed || this.#readingNext) return;
    // Whoever needs an answer asks for it and hears of the error; and the next poll is near.
    this.#read().catch(() => undefined);
  }

  #schedulePoll(delayMs: number): void {
    this.#poll?.cancel();
    if (this.#closed) return;
    this.#poll = this.#clock.after(delayMs, () => {
      this.#schedulePoll(POLL_MS);
      this.#readSoon();
    });
  }
}
