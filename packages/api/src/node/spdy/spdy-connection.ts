import type { Duplex } from 'node:stream';
import { Failure } from '@godwit/base';
import { controlFrame, dataHead, FLAG_FIN, type Frame, FrameReader, frameTypes, streamOf, uint32s } from './frames.ts';
import { HeaderPacker, HeaderUnpacker } from './header-codec.ts';
import { SpdyStream, type SpdyWire } from './spdy-stream.ts';

const LARGEST_DATA = 256 * 1024;
const MOST_STREAMS = 1000;
const RESET_CANCEL = 5;

/**
 * The server's side of a SPDY/3.1 connection, as much of it as Kubernetes clients use: they open streams,
 * which are accepted at once. Like theirs, it has no flow control of its own: a stream that is not read
 * holds up the connection, and TCP tells the client.
 */
export class SpdyConnection implements SpdyWire {
  readonly #duplex: Duplex;
  readonly #onStream: (stream: SpdyStream) => void;
  readonly #streams = new Map<number, SpdyStream>();
  readonly #packer = new HeaderPacker();
  readonly #unpacker = new HeaderUnpacker();
  readonly #reader = new FrameReader();
  #draining: Promise<void> | undefined;

  constructor(duplex: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#duplex = duplex;
    this.#onStream = onStream;
  }

  /** Reads until the connection ends, then breaks what streams are left. Never throws. */
  async run(): Promise<void> {
    let reason: unknown = new Failure('connection-lost', 'the SPDY connection was closed');
    try {
      for await (const chunk of this.#duplex) {
        this.#reader.push(chunk as Buffer);
        for (let frame = this.#reader.next(); frame; frame = this.#reader.next()) await this.#handle(frame);
      }
    } catch (error) {
      reason = error;
    }
    for (const stream of this.#streams.values()) stream.broken(reason);
    this.#packer.close();
    this.#unpacker.close();
    this.#duplex.destroy();
  }

  /** Says goodbye and ends the connection. */
  close(): void {
    if (this.#duplex.writableEnded || this.#duplex.destroyed) return;
    this.#duplex.end(controlFrame(frameTypes.goAway, 0, uint32s(0, 0)));
  }

  async sendData(stream: number, bytes: Uint8Array, final: boolean): Promise<void> {
    for (let at = 0; at < bytes.length || at === 0; at += LARGEST_DATA) {
      const piece = bytes.subarray(at, at + LARGEST_DATA);
      const last = at + LARGEST_DATA >= bytes.length;
      if (piece.length === 0 && !final) return;
      await this.#write(dataHead(stream, piece.length, final && last), piece);
    }
  }

  sendReset(stream: number): void {
    this.#write(controlFrame(frameTypes.rstStream, 0, uint32s(stream, RESET_CANCEL))).catch(() => {});
  }

  forget(stream: number): void {
    this.#streams.delete(stream);
  }

  #write(...parts: Uint8Array[]): Promise<void> {
    const duplex = this.#duplex;
    if (duplex.writableEnded || duplex.destroyed) {
      return Promise.reject(new Failure('connection-lost', 'the SPDY connection was closed'));
    }
    duplex.cork();
    let more = true;
    for (const part of parts) if (part.length > 0) more = duplex.write(part);
    duplex.uncork();
    return more ? Promise.resolve() : this.#drained();
  }

  /** All streams wait for the same moment: when the connection takes more. */
  #drained(): Promise<void> {
    this.#draining ??= drained(this.#duplex).finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.type === 'data') {
      await this.#streams.get(frame.stream)?.deliver(frame.data, frame.final);
      return;
    }
    if (frame.kind === frameTypes.synStream) await this.#open(frame.data, (frame.flags & FLAG_FIN) !== 0);
    else if (frame.kind === frameTypes.ping) await this.#write(controlFrame(frameTypes.ping, 0, frame.data));
    else if (frame.kind === frameTypes.headers) await this.#unpacker.unpack(frame.data.subarray(4));
    else if (frame.kind === frameTypes.rstStream) {
      this.#streams.get(streamOf(frame.data))?.broken(new Failure('connection-lost', 'the client reset the stream'));
    }
  }

  async #open(data: Buffer, final: boolean): Promise<void> {
    const id = streamOf(data);
    const headers = await this.#unpacker.unpack(data.subarray(10));
    const reply = await this.#packer.pack(new Map());
    if (this.#streams.size >= MOST_STREAMS || this.#streams.has(id)) return this.sendReset(id);
    const stream = new SpdyStream(id, headers, this);
    this.#streams.set(id, stream);
    await this.#write(controlFrame(frameTypes.synReply, 0, Buffer.concat([uint32s(id), reply])));
    if (final) await stream.deliver(new Uint8Array(0), true);
    this.#onStream(stream);
  }
}

function drained(duplex: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      duplex.off('drain', done);
      duplex.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onClose = () => done(new Failure('connection-lost', 'the SPDY connection was closed'));
    duplex.on('drain', done);
    duplex.on('close', onClose);
  });
}
