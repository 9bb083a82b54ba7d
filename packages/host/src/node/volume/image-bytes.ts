import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Failure, hasCode } from '@godwit/base';
import { run } from '../process/index.ts';

const ALGORITHMS = ['sha256', 'sha512', 'sha1', 'md5'];

/** Throws `checksum-mismatch` unless the file hashes to `checksum` (`sha256:…`), `bad-checksum` if that is none. */
export async function assertChecksum(path: string, checksum: string, signal: AbortSignal): Promise<void> {
  const [algorithm = '', wanted = ''] = checksum.split(':', 2);
  if (!ALGORITHMS.includes(algorithm) || !/^[0-9a-f]+$/i.test(wanted)) {
    throw new Failure('bad-checksum', `no checksum that is known here: ${checksum}`);
  }
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash, { signal });
  const found = hash.digest('hex');
  if (found === wanted.toLowerCase()) return;
  throw new Failure('checksum-mismatch', `the bytes hash to ${algorithm}:${found}, not ${checksum}`);
}

/** How a file is packed, by its first bytes. */
export async function packingOf(path: string): Promise<'gzip' | 'xz' | 'zstd' | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(6), 0, 6, 0);
    if (bytesRead >= 2 && buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    if (bytesRead === 6 && buffer.toString('latin1') === '\xfd7zXZ\0') return 'xz';
    if (bytesRead >= 4 && buffer.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
    return undefined;
  } finally {
    await file.close();
  }
}

/** Unpacks a file in place, where it is packed. Codes: `disk-corrupt`, `no-space`. */
export async function unpackFile(path: string, signal: AbortSignal): Promise<void> {
  const packing = await packingOf(path);
  if (!packing) return;
  const target = `${path}.unpacked`;
  await rm(target, { force: true });
  try {
    if (packing === 'xz')
      await run('sh', ['-c', 'xz --decompress --stdout < "$1" > "$2"', 'sh', path, target], { signal });
    else {
      const unpacker = packing === 'gzip' ? createGunzip() : createZstdDecompress();
      await pipeline(createReadStream(path), unpacker, createWriteStream(target), { signal });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const full = hasCode(error, 'ENOSPC') || (error instanceof Error && /No space left/.test(error.message));
    if (full) throw new Failure('no-space', `${path}: no space left to unpack it`, { cause: error });
    throw new Failure('disk-corrupt', `${path}: cannot be unpacked as ${packing}`, { cause: error });
  }
  await rename(target, path);
}
