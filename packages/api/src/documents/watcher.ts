import type { KindDefinition, KubeObject } from '@godwit/kinds';
import { StatusFailure } from '@godwit/kinds';
import type { DocumentEvent, DocumentWatch } from '../operations/operations.ts';
import type { Document } from './document.ts';
import { type Change, SharedEvent } from './events.ts';

/** Events that may wait for a reader before the watch is ended as too slow. */
const LIMIT = 20_000;

export interface WatcherOptions {
  readonly kind: KindDefinition;
  readonly matches?: ((object: KubeObject) => boolean) | undefined;
  readonly bookmarks: boolean;
  /** Current documents, given as ADDED before anything else. */
  readonly initial?: readonly Document[];
  /** Changes up to this revision are not delivered: the reader knows them. */
  readonly since: number;
  readonly onEnd: (watcher: Watcher) => void;
}

/**
 * One watch. The hub pushes changes, one reader pulls events. Initial documents are turned into events as
 * they are read, so that a thousand watchers of a large kind cost one array. Memory is bounded: a reader who
 * falls too far behind gets `Expired` and must list again.
 */
export class Watcher implements DocumentWatch, AsyncIterator<DocumentEvent> {
  readonly kind: KindDefinition;
  readonly bookmarks: boolean;
  readonly #matches: ((object: KubeObject) => boolean) | undefined;
  readonly #onEnd: ((watcher: Watcher) => void)[];
  #since: number;
  #initial: readonly Document[] | undefined;
  #initialAt = 0;
  #queue: DocumentEvent[] = [];
  #head = 0;
  #waiting: PromiseWithResolvers<IteratorResult<DocumentEvent>> | undefined;
  #ended: { readonly error?: unknown } | undefined;

  constructor(options: WatcherOptions) {
    this.kind = options.kind;
    this.bookmarks = options.bookmarks;
    this.#matches = options.matches;
    this.#initial = options.initial;
    this.#since = options.since;
    this.#onEnd = [options.onEnd];
  }

  /** Calls `onEnd` when the watch ends, whoever ends it. */
  whenEnded(onEnd: () => void): void {
    this.#onEnd.push(onEnd);
  }

  /** Shows a change; it becomes an event when this watcher saw the object before or sees it now. */
  see(change: Change): void {
    if (change.revision <= this.#since) return;
    const { before, after } = change;
    const was = before !== undefined && (this.#matches === undefined || this.#matches(before.object));
    const is = after !== undefined && (this.#matches === undefined || this.#matches(after.object));
    const event = change.view(was, is);
    if (event) this.push(event);
  }

  push(event: DocumentEvent): void {
    if (this.#ended) return;
    if (this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value: event, done: false });
      return;
    }
    if (this.#queue.length - this.#head >= LIMIT) {
      this.#queue = [];
      this.#head = 0;
      this.#initial = undefined;
      this.end(new StatusFailure('Expired', `too old resource version: the reader fell ${LIMIT} events behind`));
    } else this.#queue.push(event);
  }

  /** Ends it after what is queued has been read; with an error, by throwing that. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = error === undefined ? {} : { error };
    for (const onEnd of this.#onEnd) onEnd(this);
    if (!this.#waiting) return;
    const { resolve, reject } = this.#waiting;
    this.#waiting = undefined;
    if (error === undefined) resolve({ value: undefined, done: true });
    else reject(error);
  }

  drain(): readonly DocumentEvent[] {
    // Initial documents come in portions, so that a large list does not become one block of work.
    const events: DocumentEvent[] = [];
    while (this.#initial && events.length < 256) {
      const event = this.#nextInitial();
      if (event) events.push(event);
    }
    if (this.#initial) return events;
    for (; this.#head < this.#queue.length; this.#head++) events.push(this.#queue[this.#head] as DocumentEvent);
    this.#queue = [];
    this.#head = 0;
    return events;
  }

  #nextInitial(): DocumentEvent | undefined {
    const document = this.#initial?.[this.#initialAt++];
    if (!document) this.#initial = undefined;
    return document && new SharedEvent('ADDED', document);
  }

  next(): Promise<IteratorResult<DocumentEvent>> {
    const event = this.#nextInitial() ?? this.#queue[this.#head];
    if (event) {
      if (event === this.#queue[this.#head]) this.#take();
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#ended) {
      const { error } = this.#ended;
      this.#ended = {};
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
    }
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  #take(): void {
    this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  return(): Promise<IteratorResult<DocumentEvent>> {
    this.#queue = [];
    this.#head = 0;
    this.#initial = undefined;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): AsyncIterator<DocumentEvent> {
    return this;
  }
}
