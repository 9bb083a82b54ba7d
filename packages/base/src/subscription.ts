import { Failure } from './errors.ts';

/**
 * An async iterable that somebody else pushes into. Memory is bounded: a reader who falls more than
 * `limit` items behind gets a Failure `too-old` and must start again. Leaving the loop cancels it.
 */
export class Subscription<T> implements AsyncIterable<T>, AsyncIterator<T> {
  #queue: T[] = [];
  #head = 0;
  #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: unknown) => void } | undefined;
  #ended: { error?: unknown } | undefined;
  readonly #limit: number;
  readonly #onCancel: (() => void) | undefined;

  constructor(options: { limit?: number; onCancel?: () => void } = {}) {
    this.#limit = options.limit ?? 10_000;
    this.#onCancel = options.onCancel;
  }

  /** How many items wait to be read. */
  get backlog(): number {
    return this.#queue.length - this.#head;
  }

  get closed(): boolean {
    return this.#ended !== undefined;
  }

  push(item: T): void {
    if (this.#ended) return;
    if (this.#waiting) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ value: item, done: false });
      return;
    }
    if (this.backlog >= this.#limit) {
      this.#queue = [];
      this.#head = 0;
      this.fail(new Failure('too-old', `the reader fell more than ${this.#limit} items behind`));
      return;
    }
    this.#queue.push(item);
  }

  /** Ends the iteration after what is queued has been read. */
  close(): void {
    this.#end({});
  }

  /** Ends the iteration with an error after what is queued has been read. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  #end(ended: { error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = ended;
    this.#onCancel?.();
    if (!this.#waiting) return;
    const { resolve, reject } = this.#waiting;
    this.#waiting = undefined;
    if ('error' in ended) reject(ended.error);
    else resolve({ value: undefined, done: true });
  }

  next(): Promise<IteratorResult<T>> {
    if (this.backlog > 0) return Promise.resolve({ value: this.#take(), done: false });
    if (this.#ended) {
      const error = this.#ended.error;
      delete this.#ended.error;
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #take(): T {
    const item = this.#queue[this.#head++] as T;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  return(): Promise<IteratorResult<T>> {
    this.#queue = [];
    this.#head = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this;
  }
}
