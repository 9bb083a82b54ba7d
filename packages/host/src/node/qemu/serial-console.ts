import type { Socket } from 'node:net';
import { type ByteChannel, Failure, Subscription } from '@godwit/base';
import { tail } from '@godwit/base/node';
import { connectSocket } from './socket.ts';

/** How much of what was said before a new reader gets, in bytes. */
const SCROLLBACK_BYTES = 64 * 1024;
/** How many packets a reader may lie behind before it is cut off: the guest must never wait for it. */
const MOST_WAITING_PACKETS = 4_096;

/**
 * The serial console of one machine. QEMU serves one connection, so this holds it while there are readers, hands each
 * all that comes, and passes on what any of them types. What was said before stands in QEMU's own log of it.
 */
export class SerialConsole {
  readonly #socketPath: string;
  readonly #logPath: string;
  readonly #readers = new Set<Subscription<Uint8Array>>();
  #connection: Promise<Socket> | undefined;

  constructor(socketPath: string, logPath: string) {
    this.#socketPath = socketPath;
    this.#logPath = logPath;
  }

  async open(): Promise<ByteChannel> {
    const live = new Subscription<Uint8Array>({ limit: MOST_WAITING_PACKETS, onCancel: () => this.#leave(live) });
    const reader = new Subscription<Uint8Array>({ limit: MOST_WAITING_PACKETS, onCancel: () => live.close() });
    this.#readers.add(live);
    const socket = await this.#connect().catch((error: unknown) => {
      live.close();
      throw error;
    });
    // Connected first and read second: what is said in between stands in both, and is taken once.
    const before = (await tail(this.#logPath, SCROLLBACK_BYTES)) ?? new Uint8Array();
    if (before.length > 0) reader.push(before);
    void relay(live, reader, before);
    let ended = false;
    const end = () => {
      ended = true;
      live.close();
      reader.close();
    };
    return {
      incoming: reader,
      write: (bytes) => {
        if (ended || socket.destroyed) throw new Failure('channel-closed', 'the console is closed');
        return new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
      },
      end,
      abort: end,
    };
  }

  /** Cuts off all readers. */
  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.then(
      (socket) => socket.destroy(),
      () => undefined,
    );
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const reader of readers) reader.close();
  }

  #connect(): Promise<Socket> {
    if (this.#connection) return this.#connection;
    const connection = connectSocket(this.#socketPath).then(
      (socket) => {
        socket.on('data', (bytes) => {
          for (const reader of this.#readers) reader.push(bytes);
        });
        socket.on('error', () => undefined);
        // An older connection that ends late is none of the newer readers' business.
        socket.on('close', () => this.#connection === connection && this.close());
        return socket;
      },
      (error: unknown) => {
        if (this.#connection === connection) this.#connection = undefined;
        throw error;
      },
    );
    this.#connection = connection;
    return connection;
  }

  #leave(reader: Subscription<Uint8Array>): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0 && this.#connection) this.close();
  }
}

/** Passes on what is live, but for what `before` already ends with. */
async function relay(
  live: Subscription<Uint8Array>,
  reader: Subscription<Uint8Array>,
  before: Uint8Array,
): Promise<void> {
  try {
    let first = true;
    for await (const bytes of live) {
      if (reader.closed) return;
      const fresh: Uint8Array = first ? bytes.subarray(overlap(before, bytes)) : bytes;
      first = false;
      if (fresh.length > 0) reader.push(fresh);
    }
    reader.close();
  } catch (error) {
    reader.fail(error);
  }
}

/** How many bytes at the end of `before` are the beginning of `after`. */
function overlap(before: Uint8Array, after: Uint8Array): number {
  const end = Buffer.from(before.buffer, before.byteOffset, before.byteLength);
  for (let length = Math.min(before.length, after.length); length > 0; length--) {
    if (end.subarray(end.length - length).equals(after.subarray(0, length))) return length;
  }
  return 0;
}
