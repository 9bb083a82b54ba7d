import type { Clock, Timer } from '@godwit/base';
import type { Batch } from '../batch.ts';
import type { Entry, Listing, ListRange, StoreEvent } from '../store.ts';
import { type Dropped, History } from './history.ts';
import { Watcher } from './watcher.ts';
import { Watchers } from './watchers.ts';

/** How much of the past is kept for replays and for pages of older listings. */
export interface Retention {
  /** At least this long, in milliseconds … */
  readonly forMs: number;
  /** … but never more than this many batches. */
  readonly batches: number;
}

export const defaultRetention: Retention = { forMs: 300_000, batches: 20_000 };

export interface ReplicaOptions {
  readonly clock: Clock;
  readonly retention?: Retention;
  /** Called when history has been forgotten by the policy, so that the engine forgets it too. */
  readonly onCompact?: (floor: number, dropped: readonly Dropped[]) => void;
}

/** The log as it stands in memory: answers reads, feeds watchers, forgets the past. */
export class Replica {
  readonly #clock: Clock;
  readonly #retention: Retention;
  readonly #onCompact: ReplicaOptions['onCompact'];
  readonly #watchers = new Watchers();
  #history = new History();
  #upkeep: Timer | undefined;
  #closed = false;

  constructor(options: ReplicaOptions) {
    this.#clock = options.clock;
    this.#retention = options.retention ?? defaultRetention;
    this.#onCompact = options.onCompact;
  }

  get revision(): number {
    return this.#history.revision;
  }

  get floor(): number {
    return this.#history.floor;
  }

  head(key: string): number {
    return this.#history.head(key);
  }

  get(key: string, at?: number): Entry | undefined {
    return this.#history.get(key, at);
  }

  list(prefix: string, range?: ListRange): Listing {
    return this.#history.list(prefix, range);
  }

  /** Takes another history's place, as an engine has read it. Watchers whose place is gone end with `too-old`. */
  load(history: History): void {
    const known = this.#history.revision;
    this.#history = history;
    // Those that end leave the set while it is gone through, which sets allow.
    for (const watcher of this.#watchers) watcher.restart(known);
  }

  /** Makes the next batch visible, to readers and then to watchers. */
  publish(batch: Batch): void {
    const logged = this.#history.apply(batch, this.#clock.monotonic());
    this.#watchers.publish(logged);
    if (this.#history.depth > this.#retention.batches) this.#forget(this.revision - this.#retention.batches);
    this.#scheduleUpkeep(UPKEEP_MS);
  }

  watch(prefix: string, since: number, signal: AbortSignal): AsyncIterable<StoreEvent> {
    const onAbort = () => watcher.end();
    const watcher = new Watcher(
      prefix,
      since,
      () => this.#history,
      () => {
        signal.removeEventListener('abort', onAbort);
        this.#watchers.delete(watcher);
      },
    );
    this.#watchers.add(watcher);
    if (signal.aborted || this.#closed) watcher.end();
    else signal.addEventListener('abort', onAbort, { once: true });
    this.#scheduleUpkeep(UPKEEP_MS);
    return watcher;
  }

  /** Forgets what was overwritten or deleted before `revision`; the rows of the log that may go with it. */
  compact(revision: number): Dropped[] {
    return this.#history.compact(revision);
  }

  /** Ends all watchers and timers. Reads stay possible. */
  close(): void {
    this.#closed = true;
    this.#upkeep?.cancel();
    for (const watcher of this.#watchers) watcher.end();
  }

  /** Bookmarks and compaction, now and then, as long as there is something to do for them. */
  #scheduleUpkeep(delayMs: number): void {
    if (this.#closed || this.#upkeep) return;
    this.#upkeep = this.#clock.after(delayMs, () => {
      this.#upkeep = undefined;
      for (const watcher of this.#watchers) watcher.bookmark();
      const more = this.#forgetOld();
      if (more) this.#scheduleUpkeep(0);
      else if (this.#history.depth > 0) this.#scheduleUpkeep(UPKEEP_MS);
    });
  }

  /** Forgets what is past its time, a slice at once; true when there is more. */
  #forgetOld(): boolean {
    const history = this.#history;
    const limitMs = this.#clock.monotonic() - this.#retention.forMs;
    let revision = history.floor;
    const last = Math.min(history.revision, revision + BATCHES_PER_SLICE);
    while (revision < last && (history.batch(revision + 1)?.atMs ?? limitMs) < limitMs) revision++;
    this.#forget(revision);
    return revision === last && revision < history.revision;
  }

  #forget(revision: number): void {
    if (revision <= this.#history.floor) return;
    const dropped = this.#history.compact(revision);
    this.#onCompact?.(this.#history.floor, dropped);
  }
}

/** Between bookmarks, in milliseconds; compaction runs as often. */
const UPKEEP_MS = 10_000;
/** Compaction stops after so many batches to let others run. */
const BATCHES_PER_SLICE = 500;
