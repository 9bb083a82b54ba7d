import type { Socket } from 'node:net';
import { type ByteChannel, Subscription } from '@godwit/base';
import type { ExitStatus } from '@godwit/kinds';
import type { Session } from '../../container-driver.ts';

/** A frame's header: stream number, three zero bytes, length in four bytes, big endian. */
const HEADER_BYTES = 8;
const STDERR = 2;
/** So much may wait for a reader before the socket is paused. */
const HIGH_WATER_BYTES = 1_048_576;

/**
 * One direction of output with back-pressure on the socket it comes from: when the reader is slow the
 * socket is paused, so that memory stays bounded.
 */
class Output implements AsyncIterable<Uint8Array> {
  readonly #items = new Subscription<Uint8Array>({ limit: Number.MAX_SAFE_INTEGER });
  readonly #socket: Socket;
  #waitingBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  push(bytes: Uint8Array): void {
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > HIGH_WATER_BYTES) this.#socket.pause();
    this.#items.push(bytes);
  }

  close(): void {
    this.#items.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.#items) {
      this.#waitingBytes -= bytes.length;
      if (this.#waitingBytes <= HIGH_WATER_BYTES) this.#socket.resume();
      yield bytes;
    }
  }
}

export interface HijackOptions {
  readonly socket: Socket;
  /** Bytes that came with the answer's header. */
  readonly head: Buffer;
  /** With a terminal there is one stream; without, output comes in frames. */
  readonly tty: boolean;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Asked once the stream has ended. */
  readonly exitStatus: () => Promise<ExitStatus>;
}

/** A session over a hijacked connection to Podman. */
export function hijackedSession({ socket, head, tty, resize, exitStatus }: HijackOptions): Session {
  const stdout = new Output(socket);
  const stderr = new Output(socket);
  const take = tty ? (bytes: Buffer) => stdout.push(bytes) : deframer(stdout, stderr);
  const exit = new Promise<ExitStatus>((resolve) => {
    socket.once('close', () => {
      stdout.close();
      stderr.close();
      exitStatus().then(resolve, (error: unknown) => resolve({ exitCode: 126, message: String(error) }));
    });
  });
  socket.on('error', () => socket.destroy());
  socket.on('data', take);
  socket.on('end', () => socket.end());
  if (head.length > 0) take(head);
  const main: ByteChannel = {
    incoming: stdout,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    end: () => socket.end(),
    abort: () => socket.destroy(),
  };
  return { main, ...(!tty && { stderr }), exit, ...(tty && { resize }) };
}

/** Splits framed output into its streams, however the bytes are cut. */
function deframer(stdout: Output, stderr: Output): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let left = 0;
  let target = stdout;
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length > 0) {
      if (left === 0) {
        if (rest.length < HEADER_BYTES) return;
        target = rest[0] === STDERR ? stderr : stdout;
        left = rest.readUInt32BE(4);
        rest = rest.subarray(HEADER_BYTES);
        continue;
      }
      const part = rest.subarray(0, left);
      left -= part.length;
      rest = rest.subarray(part.length);
      target.push(part);
    }
  };
}
