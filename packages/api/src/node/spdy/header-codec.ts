import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { Failure } from '@godwit/base';
import { spdyDictionary } from './dictionary.ts';

/** Header blocks of one direction share one zlib stream, so they must be packed and unpacked in order. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** What a block of headers may unpack to, in bytes: more is an attack on memory. */
const LARGEST_BLOCK = 256 * 1024;

export class HeaderPacker {
  readonly #deflate: Deflate = createDeflate({ dictionary: spdyDictionary });

  async pack(headers: SpdyHeaders): Promise<Buffer> {
    const parts: Buffer[] = [uint32(headers.size)];
    for (const [name, value] of headers) {
      const nameBytes = Buffer.from(name.toLowerCase());
      const valueBytes = Buffer.from(value);
      parts.push(uint32(nameBytes.length), nameBytes, uint32(valueBytes.length), valueBytes);
    }
    return run(this.#deflate, Buffer.concat(parts));
  }

  close(): void {
    this.#deflate.destroy();
  }
}

export class HeaderUnpacker {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary });

  /** Names in lower case; the values of a repeated header are joined by NUL, as SPDY has them. */
  async unpack(block: Buffer): Promise<SpdyHeaders> {
    const plain = await run(this.#inflate, block);
    const headers = new Map<string, string>();
    const count = plain.readUInt32BE(0);
    let at = 4;
    const text = () => {
      const length = plain.readUInt32BE(at);
      const end = at + 4 + length;
      if (end > plain.length) throw new Failure('protocol-error', 'a SPDY header block is cut off');
      const value = plain.toString('utf8', at + 4, end);
      at = end;
      return value;
    };
    for (let i = 0; i < count; i++) headers.set(text(), text());
    return headers;
  }

  close(): void {
    this.#inflate.destroy();
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Pushes one block through a zlib stream and takes all that comes out of it up to the flush. */
function run(zlib: Deflate | Inflate, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      out.push(chunk);
      size += chunk.length;
      if (size > LARGEST_BLOCK) zlib.destroy(new Failure('protocol-error', 'a SPDY header block is too large'));
    };
    const settle = (error?: Error) => {
      zlib.off('data', onData);
      zlib.off('error', settle);
      zlib.off('close', onClose);
      if (error) reject(error);
      else resolve(Buffer.concat(out));
    };
    const onClose = () => settle(new Failure('protocol-error', 'the SPDY connection was closed'));
    zlib.on('data', onData);
    zlib.on('error', settle);
    zlib.on('close', onClose);
    zlib.write(input);
    zlib.flush(constants.Z_SYNC_FLUSH, () => settle());
  });
}
