import type { Clock } from '@godwit/base';
import { Turns } from './turns.ts';

/** The part of an HTTP/1.1 response, an HTTP/2 stream or a packer that answers are written to. */
export interface Sink {
  readonly destroyed: boolean;
  write(chunk: string | Uint8Array): boolean;
  end(chunk?: string | Uint8Array): unknown;
  destroy(error?: Error): unknown;
  on(event: 'drain' | 'close', listener: () => void): unknown;
}

/** A client that takes nothing for so long is given up, so that what waits for it is freed. Milliseconds. */
const STALL_MS = 60_000;

/** Shared by all answers that are sent as they come about, such as watches. */
const turns = new Turns();

/** Writes the pieces of an answer as fast as the client takes them, and stops when it goes away. */
export class Outlet {
  readonly #sink: Sink;
  readonly #clock: Clock;
  #closed = false;
  #wake: (() => void) | undefined;

  constructor(sink: Sink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
    sink.on('drain', () => this.#wake?.());
    sink.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** Resolves when all has been handed over or the client has gone. Rejects when the pieces fail. */
  async sendAll(pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>): Promise<void> {
    const live = Symbol.asyncIterator in pieces;
    try {
      for await (const piece of pieces) {
        const turn = live ? turns.take() : undefined;
        if (turn) await turn;
        if (this.#closed || this.#sink.destroyed) return;
        if (!this.#sink.write(piece)) await this.#drained();
        if (this.#closed) return;
      }
      this.#sink.end();
    } catch (error) {
      // The head is out already: breaking off is the only way left to say that something is missing.
      this.#sink.destroy(error instanceof Error ? error : undefined);
      throw error;
    }
  }

  async #drained(): Promise<void> {
    const timer = this.#clock.after(STALL_MS, () => this.#sink.destroy());
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
    timer.cancel();
  }
}
