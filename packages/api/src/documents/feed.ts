import { hasCode, type World } from '@godwit/base';
import type { Store, StoreEvent } from '@godwit/store';
import { prefixOfKey } from './keys.ts';

export type WriteEvent = Exclude<StoreEvent, { type: 'bookmark' }>;

/** Who keeps the documents under one prefix. */
export interface FeedSink {
  apply(event: WriteEvent): void;
  /** Events were missed: look at the store again. */
  reload(): Promise<void>;
}

const RETRY_MS = 200;

/**
 * The one watch of the store that keeps all caches of this process: every batch is applied to all of them in
 * one go, so `revision` is a point in time at which all caches together show the store as it was.
 */
export class Feed {
  readonly #world: World;
  readonly #store: Store;
  readonly #sinks = new Map<string, Set<FeedSink>>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #revision: number;
  #batch: WriteEvent[] = [];
  #waiters: { readonly revision: number; readonly resolve: () => void }[] = [];

  constructor(world: World, store: Store) {
    this.#world = world;
    this.#store = store;
    this.#revision = store.revision;
    this.#running = this.#run();
  }

  /** Everything up to here has been applied. */
  get revision(): number {
    return this.#revision;
  }

  /** Gives a sink every write under the prefix from now on. */
  attach(prefix: string, sink: FeedSink): void {
    const sinks = this.#sinks.get(prefix);
    if (sinks) sinks.add(sink);
    else this.#sinks.set(prefix, new Set([sink]));
  }

  /** Resolves once everything up to `revision` has been applied. */
  reached(revision: number): Promise<void> {
    if (this.#revision >= revision || this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ revision, resolve }));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const { resolve } of this.#waiters) resolve();
    this.#waiters = [];
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for await (const event of this.#store.watch('/', this.#revision, signal)) this.#take(event);
        // The store has been closed: there is nothing to be seen any more.
        return;
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  async #recover(error: unknown): Promise<void> {
    this.#world.log.warn('the feed from the store broke and begins again', { revision: this.#revision, error });
    this.#batch = [];
    try {
      if (hasCode(error, 'too-old')) {
        // What is written between here and the reloads comes twice, which caches can tell.
        const revision = this.#store.revision;
        await Promise.all([...this.#sinks.values()].flatMap((sinks) => [...sinks]).map((sink) => sink.reload()));
        this.#advance(revision);
        return;
      }
    } catch (again) {
      this.#world.log.error('the caches could not be read again', { error: again });
    }
    await this.#world.clock.sleep(RETRY_MS, this.#stop.signal).catch(() => {});
  }

  #take(event: StoreEvent): void {
    if (event.type === 'bookmark') {
      if (this.#batch.length === 0) this.#advance(event.revision);
      return;
    }
    this.#batch.push(event);
    if (event.last === false) return;
    const batch = this.#batch;
    this.#batch = [];
    for (const write of batch) {
      for (const sink of this.#sinks.get(prefixOfKey(write.key)) ?? []) sink.apply(write);
    }
    this.#advance(event.revision);
  }

  #advance(revision: number): void {
    if (revision <= this.#revision) return;
    this.#revision = revision;
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (waiter.revision <= revision) waiter.resolve();
      else this.#waiters.push(waiter);
    }
  }
}
