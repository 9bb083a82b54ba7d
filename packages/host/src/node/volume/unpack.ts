import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { Failure, hasCode } from '@godwit/base';

/** First bytes of packed files. */
const MAGIC = [
  { packing: 'gzip', bytes: Buffer.from([0x1f, 0x8b]) },
  { packing: 'xz', bytes: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) },
  { packing: 'zstd', bytes: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { packing: 'bzip2', bytes: Buffer.from('BZh') },
] as const;

type Packing = (typeof MAGIC)[number]['packing'];
type Limit = (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

/** How a file is packed, by its first bytes. */
async function packingOf(path: string): Promise<Packing | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const first = buffer.subarray(0, bytesRead);
    return MAGIC.find(({ bytes }) => first.subarray(0, bytes.length).equals(bytes))?.packing;
  } finally {
    await file.close();
  }
}

/**
 * Unpacks a file in place, where it is packed; never to more than `mostBytes`, for a small file can hold an endless
 * one. Codes: `disk-corrupt`, `image-too-large`, `no-space`, `program-missing`.
 */
export async function unpackFile(path: string, mostBytes: number, signal: AbortSignal): Promise<void> {
  const packing = await packingOf(path);
  if (!packing) return;
  const target = `${path}.unpacked`;
  await rm(target, { force: true });
  let written = 0;
  const limit: Limit = async function* (chunks) {
    for await (const chunk of chunks) {
      written += chunk.length;
      if (written > mostBytes) {
        throw new Failure('image-too-large', `the unpacked image is larger than ${mostBytes} bytes`);
      }
      yield chunk;
    }
  };
  try {
    await decompress(path, packing, target, limit, signal);
  } catch (error) {
    if (signal.aborted || error instanceof Failure) throw error;
    if (hasCode(error, 'ENOSPC'))
      throw new Failure('no-space', `${path}: no space left to unpack it`, { cause: error });
    throw new Failure('disk-corrupt', `${path}: cannot be unpacked as ${packing}`, { cause: error });
  }
  await rename(target, path);
}

async function decompress(
  path: string,
  packing: Packing,
  target: string,
  limit: Limit,
  signal: AbortSignal,
): Promise<void> {
  const output = createWriteStream(target, { mode: 0o600 });
  if (packing === 'gzip' || packing === 'zstd') {
    const unpacker = packing === 'gzip' ? createGunzip() : createZstdDecompress();
    return pipeline(createReadStream(path), unpacker, limit, output, { signal });
  }
  const child = spawn(packing, ['-dc', path], { stdio: ['ignore', 'pipe', 'ignore'], signal, killSignal: 'SIGKILL' });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => {
      const missing = hasCode(error, 'ENOENT');
      reject(missing ? new Failure('program-missing', `${packing} is not installed`, { cause: error }) : error);
    });
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${packing} ended with ${code}`))));
  });
  try {
    await Promise.all([pipeline(child.stdout, limit, output, { signal }), ended]);
  } finally {
    child.kill('SIGKILL');
  }
}
