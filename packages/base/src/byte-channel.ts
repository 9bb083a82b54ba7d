/**
 * Bytes both ways: a console, an exec session, a forwarded port. Backpressure goes through `write`'s
 * promise and through how fast `incoming` is read.
 */
export interface ByteChannel {
  /** What the other side sends; ends when it closes its half, throws when the channel breaks. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Resolves when more may be written. Rejects once the channel is closed. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes our half: the other side sees the end of `incoming`. */
  end(): void;
  /** Breaks the channel at once, both ways. */
  abort(reason?: unknown): void;
}
