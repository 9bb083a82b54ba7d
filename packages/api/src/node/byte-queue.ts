/**
 * Bytes that one side pushes and the other iterates. The pusher learns from `room()` when to go on, so
 * that what waits here stays small; nothing is ever dropped.
 */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #highBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #ended: { error?: unknown } | undefined;
  #wakeReader: (() => void) | undefined;
  #wakePushers: (() => void)[] = [];

  /** @param highBytes how much may wait before `room()` makes the pusher wait */
  constructor(highBytes = 256 * 1024) {
    this.#highBytes = highBytes;
  }

  push(bytes: Uint8Array): void {
    if (this.#ended || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#bytes += bytes.length;
    this.#wakeReader?.();
  }

  /** Resolves at once when more may be pushed, else when the reader has caught up or gone. */
  room(): Promise<void> | undefined {
    if (this.#bytes < this.#highBytes || this.#ended) return undefined;
    return new Promise((resolve) => this.#wakePushers.push(resolve));
  }

  end(): void {
    this.#finish({});
  }

  /** Ends with an error, after what waits has been read. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  #finish(ended: { error?: unknown }): void {
    if (this.#ended) return;
    this.#ended = ended;
    this.#wakeReader?.();
    this.#release();
  }

  #release(): void {
    const pushers = this.#wakePushers;
    this.#wakePushers = [];
    for (const wake of pushers) wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#bytes -= chunk.length;
          if (this.#bytes < this.#highBytes) this.#release();
          yield chunk;
          continue;
        }
        if (this.#ended) {
          if ('error' in this.#ended) throw this.#ended.error;
          return;
        }
        await new Promise<void>((resolve) => {
          this.#wakeReader = resolve;
        });
        this.#wakeReader = undefined;
      }
    } finally {
      // The reader has gone: nothing will be taken out any more.
      this.#chunks = [];
      this.#bytes = 0;
      this.#finish({});
    }
  }
}
