import type { ByteChannel } from '@godwit/base';
import { ByteQueue } from '../byte-queue.ts';
import type { SpdyHeaders } from './header-codec.ts';

/** What a stream asks of its connection. */
export interface SpdyWire {
  sendData(stream: number, bytes: Uint8Array, final: boolean): Promise<void>;
  sendReset(stream: number): void;
  forget(stream: number): void;
}

/** One stream of a SPDY connection, opened by the client. */
export class SpdyStream implements ByteChannel {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly incoming: ByteQueue = new ByteQueue();
  readonly #wire: SpdyWire;
  #localEnded = false;
  #remoteEnded = false;

  constructor(id: number, headers: SpdyHeaders, wire: SpdyWire) {
    this.id = id;
    this.headers = headers;
    this.#wire = wire;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#localEnded) await this.#wire.sendData(this.id, bytes, false);
  }

  end(): void {
    if (this.#localEnded) return;
    this.#localEnded = true;
    this.#wire.sendData(this.id, new Uint8Array(0), true).catch(() => {});
    this.#forgetWhenDone();
  }

  abort(): void {
    if (this.#localEnded && this.#remoteEnded) return;
    this.#localEnded = true;
    this.#remoteEnded = true;
    this.#wire.sendReset(this.id);
    this.incoming.end();
    this.#wire.forget(this.id);
  }

  /** The connection hands in what the client sent; resolves when more may come. */
  deliver(bytes: Uint8Array, final: boolean): Promise<void> | undefined {
    this.incoming.push(bytes);
    if (final) {
      this.#remoteEnded = true;
      this.incoming.end();
      this.#forgetWhenDone();
    }
    return this.incoming.room();
  }

  /** The client reset the stream, or the connection is gone. */
  broken(error: unknown): void {
    this.#localEnded = true;
    this.#remoteEnded = true;
    this.incoming.fail(error);
    this.#wire.forget(this.id);
  }

  #forgetWhenDone(): void {
    if (this.#localEnded && this.#remoteEnded) this.#wire.forget(this.id);
  }
}
