import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Failure } from '@godwit/base';

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
