import type { Readable } from 'node:stream';
import { Failure } from '@godwit/base';
import { StatusFailure } from '@godwit/kinds';

/** Reads a body to its end. Throws `RequestEntityTooLarge` as soon as it is known to be longer than allowed. */
export function readBytes(body: Readable, declaredLength: string | undefined, limitBytes: number): Promise<Buffer> {
  if (declaredLength !== undefined && Number(declaredLength) > limitBytes) {
    return Promise.reject(tooLarge(limitBytes));
  }
  return new Promise((resolve, reject) => {
    let only: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) {
        // What still comes is thrown away, so that the client gets to read the answer.
        only = undefined;
        chunks = [];
        reject(tooLarge(limitBytes));
        return;
      }
      if (chunks) chunks.push(chunk);
      else if (only) chunks = [only, chunk];
      else only = chunk;
    });
    body.on('end', () => resolve(chunks ? Buffer.concat(chunks) : (only ?? Buffer.alloc(0))));
    // Every body is closed after its end: only what comes before it is news.
    body.on('close', () => {
      if (!body.readableEnded) reject(new Failure('connection-lost', 'the client went away while it sent the body'));
    });
    body.on('error', () => {});
  });
}

function tooLarge(limitBytes: number): StatusFailure {
  return new StatusFailure(
    'RequestEntityTooLarge',
    `the request is too large: its body may have at most ${limitBytes} bytes`,
  );
}
