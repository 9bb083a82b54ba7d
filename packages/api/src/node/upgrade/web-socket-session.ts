import type { WebSocket } from 'ws';
import { ByteQueue } from '../byte-queue.ts';
import type { SessionWire } from './session.ts';
import { bytesOf, holdUntil, sendMessage } from './web-socket-bytes.ts';

/** The first byte of every message says which stream it belongs to. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** Names that clients offer for a session over a WebSocket, best first. Version 5 can close stdin. */
export const sessionProtocols: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];

/** A session over `v5.channel.k8s.io` and its predecessors. */
export class WebSocketSession implements SessionWire {
  readonly stdin: ByteQueue | undefined;
  readonly sizes: ByteQueue | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, wants: { readonly stdin: boolean; readonly tty: boolean }) {
    this.#socket = socket;
    this.stdin = wants.stdin ? new ByteQueue() : undefined;
    this.sizes = wants.tty ? new ByteQueue() : undefined;
    socket.on('message', (data) => this.#receive(bytesOf(data)));
    socket.on('close', () => {
      this.stdin?.end();
      this.sizes?.end();
    });
  }

  stdout(bytes: Uint8Array): Promise<void> {
    return this.#send(channels.stdout, bytes);
  }

  stderr(bytes: Uint8Array): Promise<void> {
    return this.#send(channels.stderr, bytes);
  }

  async finish(status: string): Promise<void> {
    // Up to version 3 the error channel carries text, and nothing means that all is well.
    const old = /^(v[23]\.)?channel\.k8s\.io$/.test(this.#socket.protocol) || this.#socket.protocol === '';
    const { message } = JSON.parse(status) as { message?: string };
    const text = old ? (message ?? '') : status;
    if (text !== '') await this.#send(channels.error, Buffer.from(text));
    this.#socket.close(1000);
  }

  #send(channel: number, bytes: Uint8Array): Promise<void> {
    const message = Buffer.allocUnsafe(bytes.length + 1);
    message[0] = channel;
    message.set(bytes, 1);
    return sendMessage(this.#socket, message);
  }

  #receive(message: Buffer): void {
    const rest = message.subarray(1);
    switch (message[0]) {
      case channels.stdin:
        this.stdin?.push(rest);
        holdUntil(this.#socket, this.stdin?.room());
        break;
      case channels.resize:
        this.sizes?.push(rest);
        break;
      case channels.close:
        if (rest[0] === channels.stdin) this.stdin?.end();
        break;
      default:
    }
  }
}
