/**
 * Frames of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00, section 2.2): eight bytes of head, then up to 16 MiB.
 * Control frames have the top bit set, then version 3; data frames begin with their stream's number.
 */
import { Failure } from '@godwit/base';

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** This side will send no more on the stream. */
export const FLAG_FIN = 1;
const HEAD_BYTES = 8;
const VERSION = 3;
const CONTROL = 0x8000_0000;
const STREAM_MASK = 0x7fff_ffff;
/** Larger frames than any client of Kubernetes sends are refused before they fill the memory. */
const LARGEST_FRAME = 4 * 1024 * 1024;

export type Frame =
  | { readonly type: 'data'; readonly stream: number; readonly final: boolean; readonly data: Buffer }
  | { readonly type: 'control'; readonly kind: number; readonly flags: number; readonly data: Buffer };

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #waiting: Buffer[] = [];
  #size = 0;

  push(bytes: Uint8Array): void {
    this.#waiting.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#size += bytes.length;
  }

  /** The next whole frame; undefined when more bytes are needed. */
  next(): Frame | undefined {
    if (this.#size < HEAD_BYTES) return undefined;
    let all = this.#joined();
    const length = all.readUInt32BE(4) & 0xff_ffff;
    if (length > LARGEST_FRAME) throw new Failure('protocol-error', `a SPDY frame of ${length} bytes is too large`);
    if (all.length < HEAD_BYTES + length) return undefined;
    const word = all.readUInt32BE(0);
    const flags = all[4] as number;
    const data = all.subarray(HEAD_BYTES, HEAD_BYTES + length);
    all = all.subarray(HEAD_BYTES + length);
    this.#waiting = all.length > 0 ? [all] : [];
    this.#size = all.length;
    if ((word & CONTROL) === 0) return { type: 'data', stream: word, final: (flags & FLAG_FIN) !== 0, data };
    if (((word >>> 16) & 0x7fff) !== VERSION) throw new Failure('protocol-error', 'this is not SPDY/3');
    return { type: 'control', kind: word & 0xffff, flags, data };
  }

  #joined(): Buffer {
    if (this.#waiting.length > 1) this.#waiting = [Buffer.concat(this.#waiting)];
    return this.#waiting[0] as Buffer;
  }
}

export function dataHead(stream: number, length: number, final: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(stream & STREAM_MASK, 0);
  head.writeUInt32BE(length, 4);
  head[4] = final ? FLAG_FIN : 0;
  return head;
}

export function controlFrame(kind: number, flags: number, data: Buffer): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + data.length);
  frame.writeUInt32BE((CONTROL | (VERSION << 16) | kind) >>> 0, 0);
  frame.writeUInt32BE(data.length, 4);
  frame[4] = flags;
  data.copy(frame, HEAD_BYTES);
  return frame;
}

/** The stream number that control frames begin with. */
export function streamOf(data: Buffer): number {
  if (data.length < 4) throw new Failure('protocol-error', 'a SPDY frame is too short');
  return data.readUInt32BE(0) & STREAM_MASK;
}

export function uint32s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    bytes.writeUInt32BE(value >>> 0, index * 4);
  });
  return bytes;
}
