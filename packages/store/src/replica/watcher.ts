import { tooOld } from '../failures.ts';
import type { StoreEvent } from '../store.ts';
import type { History } from './history.ts';

type Waiting = { resolve: (result: IteratorResult<StoreEvent>) => void; reject: (error: unknown) => void };

/**
 * One reader of the log.
 *
 *   replaying ──caught up──► live        batches are read from the history ► batches are pushed
 *       ▲                     │
 *       └─QUEUE_LIMIT passed──┘          so a slow reader holds no more than that, and the log the rest
 *
 * Replaying from below the floor ends in `too-old`: that is how far behind a reader may fall.
 */
export class Watcher implements AsyncIterableIterator<StoreEvent> {
  readonly prefix: string;
  readonly #history: () => History;
  readonly #onEnd: () => void;
  #queue: StoreEvent[] = [];
  #taken = 0;
  /** While replaying: all up to here has been queued. */
  #cursor: number;
  #live = false;
  #told: number;
  #waiting: Waiting | undefined;
  #ended: { readonly error?: unknown } | undefined;

  constructor(prefix: string, since: number, history: () => History, onEnd: () => void) {
    this.prefix = prefix;
    this.#history = history;
    this.#onEnd = onEnd;
    this.#cursor = since;
    this.#told = since;
  }

  /** Events of one batch under the prefix, as soon as it is durable. */
  deliver(revision: number, events: readonly StoreEvent[]): void {
    if (this.#ended || revision <= this.#cursor) return;
    if (!this.#live) {
      this.#serveWaiting();
      return;
    }
    if (this.#queue.length - this.#taken + events.length > QUEUE_LIMIT) {
      this.#live = false;
      this.#cursor = revision - 1;
      return;
    }
    this.#enqueue(events);
    this.#serveWaiting();
  }

  /** Tells an idle reader how far the log has come. */
  bookmark(): void {
    const revision = this.#history().revision;
    if (!this.#waiting || !this.#live || revision <= this.#told) return;
    this.#queue.push({ type: 'bookmark', revision });
    this.#serveWaiting();
  }

  /** The history has been replaced by another one; `known` is how far the old one had come. */
  restart(known: number): void {
    if (this.#live) this.#cursor = Math.max(this.#cursor, known);
    this.#live = false;
    this.#serveWaiting();
  }

  /** Ends the iteration, with an error or without, after what is queued has been read. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = error === undefined ? {} : { error };
    this.#onEnd();
    this.#serveWaiting();
  }

  next(): Promise<IteratorResult<StoreEvent>> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#serveWaiting();
    });
  }

  return(): Promise<IteratorResult<StoreEvent>> {
    this.#queue = [];
    this.#taken = 0;
    this.#live = true;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serveWaiting(): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    if (this.#taken === this.#queue.length && !this.#live && !this.#ended) this.#replay();
    if (this.#taken < this.#queue.length) {
      this.#waiting = undefined;
      waiting.resolve({ value: this.#take(), done: false });
    } else if (this.#ended) {
      this.#waiting = undefined;
      const { error } = this.#ended;
      this.#ended = {};
      if (error === undefined) waiting.resolve({ value: undefined, done: true });
      else waiting.reject(error);
    }
  }

  /** Queues what concerns this reader of one batch; all but the last say that more is to come. */
  #enqueue(events: readonly StoreEvent[]): void {
    for (let i = 0; i < events.length; i++) {
      const event = events[i] as StoreEvent;
      this.#queue.push(i < events.length - 1 && event.type !== 'bookmark' ? { ...event, last: false } : event);
    }
  }

  #take(): StoreEvent {
    const event = this.#queue[this.#taken++] as StoreEvent;
    this.#told = Math.max(this.#told, event.revision);
    if (this.#taken === this.#queue.length || this.#taken > QUEUE_LIMIT) {
      this.#queue = this.#queue.slice(this.#taken);
      this.#taken = 0;
    }
    return event;
  }

  /** Queues the next batches of the history that concern this reader; goes live when there are no more. */
  #replay(): void {
    const history = this.#history();
    if (this.#cursor < history.floor) {
      this.end(tooOld(this.#cursor, history.floor));
      return;
    }
    while (this.#cursor < history.revision && this.#queue.length === 0) {
      this.#cursor++;
      const events = history.batch(this.#cursor)?.events ?? [];
      this.#enqueue(events.filter((event) => event.type !== 'bookmark' && event.key.startsWith(this.prefix)));
    }
    // A `since` from the future (another server is ahead) stays the cursor: what comes before it is not told.
    this.#live = this.#cursor >= history.revision;
  }
}

/** Events that wait for a live reader before it is left to replay from the log. */
const QUEUE_LIMIT = 1000;
