import { setImmediate } from 'node:timers/promises';
import { Failure } from '@godwit/base';

/** Size that the legacy frame format cuts its blocks to. */
const BLOCK_BYTES = 8 * 1024 * 1024;
/** After so many bytes others get a turn. */
const TURN_BYTES = 512 * 1024;
/** Up to so many bytes a loop is quicker than a call. */
const SHORT = 24;
const LEGACY_MAGIC = 0x184c2102;

/**
 * Unpacks LZ4's legacy frame format, in which kernels are packed: a magic number, then blocks of up to 8 MiB, each
 * after its packed size (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md). Others get a turn now and then.
 */
export async function unpackLegacyLz4(packed: Buffer): Promise<Buffer> {
  if (packed.readUInt32LE(0) !== LEGACY_MAGIC) throw new Failure('bad-kernel', 'not in the legacy LZ4 format');
  const blocks: Buffer[] = [];
  for (let at = 4; at + 4 <= packed.length; ) {
    const size = packed.readUInt32LE(at);
    at += 4;
    if (size === 0 || size === LEGACY_MAGIC || at + size > packed.length) break;
    blocks.push(await unpackBlock(packed.subarray(at, at + size)));
    at += size;
  }
  return Buffer.concat(blocks);
}

/** One block: literals and copies of what was unpacked before, in turn. */
async function unpackBlock(source: Buffer): Promise<Buffer> {
  const target = Buffer.allocUnsafe(BLOCK_BYTES);
  let from = 0;
  let to = 0;
  let restAt = TURN_BYTES;
  const longLength = (length: number): number => {
    if (length !== 15) return length;
    for (let byte = 255; byte === 255; length += byte) byte = source[from++] as number;
    return length;
  };
  while (from < source.length) {
    if (to >= restAt) {
      await setImmediate();
      restAt = to + TURN_BYTES;
    }
    const token = source[from++] as number;
    const literals = longLength(token >> 4);
    if (literals > SHORT) source.copy(target, to, from, from + literals);
    else for (let index = 0; index < literals; index++) target[to + index] = source[from + index] as number;
    from += literals;
    to += literals;
    if (from >= source.length) break;
    const distance = source.readUInt16LE(from);
    from += 2;
    const length = longLength(token & 15) + 4;
    // Byte by byte where source and target overlap: that is how runs are written.
    if (length > SHORT && distance >= length) target.copyWithin(to, to - distance, to - distance + length);
    else for (let index = 0; index < length; index++) target[to + index] = target[to - distance + index] as number;
    to += length;
  }
  return target.subarray(0, to);
}
