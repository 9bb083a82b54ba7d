import { type ClientHttp2Stream, constants } from 'node:http2';

/** Bytes that may wait to be read before the server is told to send no more. */
const HIGH_WATER = 1024 * 1024;

/**
 * What a stream brings, collected from its first byte on: a server that answers before it has read the whole
 * request closes the stream at once, and Node then drops what nobody has read yet. Leaving the iteration
 * breaks the stream off. Ends quietly when the stream was closed without an error.
 */
export class StreamBody implements AsyncIterable<Uint8Array> {
  readonly #stream: ClientHttp2Stream;
  readonly #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #ended = false;
  #broken = false;
  #wake: () => void = () => undefined;

  constructor(stream: ClientHttp2Stream) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes > HIGH_WATER) stream.pause();
      this.#wake();
    });
    stream.on('end', () => this.#end());
    stream.on('close', () => {
      if (!this.#ended) this.#broken = stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.errored !== null;
      this.#end();
    });
  }

  /** Whether it ended before the server said so. */
  get broken(): boolean {
    return this.#broken;
  }

  #end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk) {
          this.#waitingBytes -= chunk.length;
          if (this.#stream.isPaused()) this.#stream.resume();
          yield chunk;
        } else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      if (!this.#ended) this.#stream.close(constants.NGHTTP2_CANCEL);
    }
  }
}
