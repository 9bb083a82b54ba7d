import type { Batch } from '../batch.ts';
import { tooOld, unavailable } from '../failures.ts';
import type { Entry, Listing, ListRange, StoreEvent } from '../store.ts';
import { SortedKeys } from './sorted-keys.ts';

/** All that is known of one key: how it stands, and how it stood, oldest first. */
interface Key {
  readonly key: string;
  /** Undefined once it has been deleted. */
  entry: Entry | undefined;
  revision: number;
  older: Version[] | undefined;
}

interface Version {
  readonly entry: Entry | undefined;
  readonly revision: number;
}

/** The events of one batch. */
export interface LoggedBatch {
  readonly revision: number;
  readonly events: readonly StoreEvent[];
  readonly atMs: number;
}

/** A row of the log that nobody can ask for any more. */
export interface Dropped {
  readonly key: string;
  readonly revision: number;
}

/** Versions of every key, and the batches since the last compaction. Purely synchronous. */
export class History {
  readonly #byKey = new Map<string, Key>();
  readonly #sorted = new SortedKeys<Key>();
  /** Batches after `floor`, without gaps: the batch of revision r is at `#start + r - floor - 1`. */
  #log: LoggedBatch[] = [];
  #start = 0;
  #revision: number;
  #floor: number;

  /** @param floor the last compaction: batches up to it are applied without becoming events */
  constructor(floor = 0) {
    this.#floor = floor;
    this.#revision = floor;
  }

  get revision(): number {
    return this.#revision;
  }

  get floor(): number {
    return this.#floor;
  }

  /** Batches that can be replayed. */
  get depth(): number {
    return this.#log.length - this.#start;
  }

  /** Where `key` stands: the revision of its last write, 0 when it does not exist. */
  head(key: string): number {
    const known = this.#byKey.get(key);
    return known?.entry ? known.revision : 0;
  }

  /** Puts a version in place that was written at or before the floor. */
  restore(entry: Entry): void {
    this.#put(entry.key, entry, entry.revision);
  }

  /** Adds the next batch. */
  apply(batch: Batch, atMs: number): LoggedBatch {
    if (batch.revision !== this.#revision + 1)
      throw new Error(`batch ${batch.revision} does not follow revision ${this.#revision}`);
    this.#revision = batch.revision;
    const events = batch.writes.map(({ key, body }): StoreEvent => {
      const entry = body ? { key: this.#byKey.get(key)?.key ?? key, body, revision: batch.revision } : undefined;
      const before = this.#put(key, entry, batch.revision);
      if (entry) return before ? { type: 'put', ...entry, before } : { type: 'put', ...entry };
      const deletion = { type: 'delete', key, revision: batch.revision } as const;
      return before ? { ...deletion, before } : deletion;
    });
    const logged = { revision: batch.revision, events, atMs };
    this.#log.push(logged);
    return logged;
  }

  #put(key: string, entry: Entry | undefined, revision: number): Entry | undefined {
    const known = this.#byKey.get(key);
    if (!known) {
      const added: Key = { key, entry, revision, older: undefined };
      this.#byKey.set(key, added);
      this.#sorted.insert(added);
      return undefined;
    }
    const before = known.entry;
    known.older ??= [];
    known.older.push({ entry: before, revision: known.revision });
    known.entry = entry;
    known.revision = revision;
    return before;
  }

  get(key: string, at = this.#revision): Entry | undefined {
    this.#check(at);
    const known = this.#byKey.get(key);
    return known && versionAt(known, at);
  }

  list(prefix: string, range: ListRange = {}): Listing {
    const at = range.at ?? this.#revision;
    this.#check(at);
    const limit = range.limit ?? Number.POSITIVE_INFINITY;
    const after = range.after;
    const entries: Entry[] = [];
    let remaining = 0;
    this.#sorted.scan(after !== undefined && after > prefix ? after : prefix, (known) => {
      if (!known.key.startsWith(prefix)) return false;
      const entry = known.key === after ? undefined : versionAt(known, at);
      if (!entry) return true;
      if (entries.length < limit) entries.push(entry);
      else remaining++;
      return true;
    });
    return { entries, revision: at, remaining };
  }

  #check(at: number): void {
    if (at < this.#floor) throw tooOld(at, this.#floor);
    if (at > this.#revision) throw unavailable(`revision ${at} is not known here yet: the newest is ${this.#revision}`);
  }

  /** The batch of `revision`, when it is after the floor and known. */
  batch(revision: number): LoggedBatch | undefined {
    return revision <= this.#floor ? undefined : this.#log[this.#start + revision - this.#floor - 1];
  }

  /** Forgets what was overwritten or deleted up to `revision`; says which rows of the log that makes needless. */
  compact(revision: number): Dropped[] {
    const dropped: Dropped[] = [];
    const upTo = Math.min(revision, this.#revision);
    const count = upTo - this.#floor;
    for (let i = 0; i < count; i++) {
      for (const event of (this.#log[this.#start + i] as LoggedBatch).events) {
        if (event.type !== 'bookmark') this.#prune(event.key, upTo, dropped);
      }
    }
    if (count <= 0) return dropped;
    this.#floor = upTo;
    for (let i = 0; i < count; i++) this.#log[this.#start + i] = EMPTY_BATCH;
    this.#start += count;
    if (this.#start > 1024 && this.#start * 2 > this.#log.length) {
      this.#log = this.#log.slice(this.#start);
      this.#start = 0;
    }
    return dropped;
  }

  #prune(key: string, upTo: number, dropped: Dropped[]): void {
    const known = this.#byKey.get(key);
    if (!known) return;
    const older = known.older;
    if (older) {
      // A version is out of reach when the one after it was already there at `upTo`.
      let needless = 0;
      while (needless < older.length && (older[needless + 1]?.revision ?? known.revision) <= upTo) needless++;
      // The oldest one left is of no use either when it only says that the key was not there.
      const first = older[needless];
      if (first && !first.entry && first.revision <= upTo) needless++;
      for (const { revision } of older.splice(0, needless)) dropped.push({ key, revision });
      if (older.length === 0) known.older = undefined;
    }
    if (known.entry || known.older || known.revision > upTo) return;
    dropped.push({ key, revision: known.revision });
    this.#byKey.delete(key);
    this.#sorted.delete(key);
  }
}

const EMPTY_BATCH: LoggedBatch = { revision: 0, events: [], atMs: 0 };

function versionAt(known: Key, at: number): Entry | undefined {
  if (known.revision <= at) return known.entry;
  const older = known.older;
  for (let i = (older?.length ?? 0) - 1; i >= 0; i--) {
    const version = (older as Version[])[i] as Version;
    if (version.revision <= at) return version.entry;
  }
  return undefined;
}
