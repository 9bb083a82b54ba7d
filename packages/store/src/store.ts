/**
 * One append-only log of opaque bodies under keys. The position of a batch in the log is its revision:
 * a safe integer that counts up by one for each batch, across all keys.
 *
 * Errors are Failures with one of three codes, decided from the engine's own code and never assumed:
 * `conflict` (a `previous` did not match: nothing of the batch was written), `unavailable` (the engine
 * could not do it now; whether the batch was written is unknown only if `details.unknown` is true),
 * `too-old` (that revision has been compacted away, or the reader fell behind).
 */
export interface Store {
  /** The newest revision that has been made durable; 0 for an empty store. */
  readonly revision: number;
  /**
   * Writes all or nothing, and resolves with the revision once the batch is durable. `previous` is the
   * revision at which the key was last written, 0 when it must not exist; without it the write is
   * unconditional. A null body deletes. Batches that arrive together are made durable together.
   */
  append(writes: readonly Write[]): Promise<number>;
  /** Throws `too-old` for an `at` before the last compaction. */
  get(key: string, options?: { readonly at?: number }): Promise<Entry | undefined>;
  /** Keys that begin with `prefix`, in the order of their UTF-16 code units. */
  list(prefix: string, options?: ListRange): Promise<Listing>;
  /**
   * Every write to keys under `prefix` after revision `since`: replayed, then live, in log order, all
   * writes of one batch together. Idle watchers get a bookmark now and then. Iterating throws `too-old`
   * when `since` has been compacted or the reader fell too far behind; memory stays bounded.
   */
  watch(prefix: string, since: number, signal: AbortSignal): AsyncIterable<StoreEvent>;
  /** Forgets what was overwritten or deleted before `revision`. */
  compact(revision: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * What is stored under a key. Opaque to the store, and handed on by reference: whoever appended it, and
 * every watcher in this process, hold the same body. Its text is made once, when somebody needs it.
 */
export interface Body {
  readonly text: string;
}

export interface Write {
  readonly key: string;
  readonly body: Body | null;
  readonly previous?: number;
}

export interface Entry {
  readonly key: string;
  readonly body: Body;
  /** Revision of the last write to the key. */
  readonly revision: number;
}

export interface ListRange {
  readonly limit?: number;
  /** Only keys after this one. */
  readonly after?: string;
  /** As things stood at that revision. */
  readonly at?: number;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** The revision that the listing shows. */
  readonly revision: number;
  /** How many more keys there are after the last entry. */
  readonly remaining: number;
}

export type StoreEvent =
  | {
      readonly type: 'put';
      readonly key: string;
      readonly body: Body;
      readonly revision: number;
      /** What was there before, when the log still knows it. */
      readonly before?: Entry;
      /** False when more events of the same batch follow for this watcher; otherwise it may be left out. */
      readonly last?: boolean;
    }
  | {
      readonly type: 'delete';
      readonly key: string;
      readonly revision: number;
      readonly before?: Entry;
      readonly last?: boolean;
    }
  | { readonly type: 'bookmark'; readonly revision: number };
