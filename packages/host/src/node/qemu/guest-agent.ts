import type { Socket } from 'node:net';
import { type Clock, Failure } from '@godwit/base';
import { type QmpMessage, QmpReader } from './qmp/index.ts';
import { connectSocket } from './socket.ts';

/** Byte that makes the agent forget half a request of somebody before us. */
const FLUSH = Buffer.of(0xff);

/**
 * The agent inside one guest. It knows no ids, so one request is in flight at a time; each new connection, and each
 * request after one that was given up, begins by agreeing on where a reply starts. Codes: `agent-unavailable`,
 * `agent-error` (details.class), `agent-timeout`.
 */
export class GuestAgent {
  readonly #path: string;
  readonly #clock: Clock;
  #socket: Socket | undefined;
  #reader = new QmpReader();
  #synchronised = false;
  #lastToken = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #take: ((message: QmpMessage) => void) | undefined;
  #broken: ((error: Failure) => void) | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  ask(command: string, input: object | undefined, timeoutMs: number): Promise<unknown> {
    const answer = this.#queue.then(() => this.#ask(command, input, timeoutMs));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#synchronised = false;
  }

  async #ask(command: string, input: object | undefined, timeoutMs: number): Promise<unknown> {
    const socket = await this.#connected();
    if (!this.#synchronised) await this.#synchronise(socket, timeoutMs);
    const request = { execute: command, ...(input && { arguments: input }) };
    const reply = await this.#exchange(
      socket,
      Buffer.from(`${JSON.stringify(request)}\n`),
      command,
      timeoutMs,
      isReply,
    );
    if ('return' in reply) return reply.return;
    const error = reply.error as { class?: string; desc?: string };
    throw new Failure('agent-error', `${command}: ${error.desc ?? 'refused'}`, { details: { class: error.class } });
  }

  async #synchronise(socket: Socket, timeoutMs: number): Promise<void> {
    const token = ++this.#lastToken;
    const request = `${JSON.stringify({ execute: 'guest-sync', arguments: { id: token } })}\n`;
    const isOurs = (message: QmpMessage) => message.return === token;
    await this.#exchange(socket, Buffer.concat([FLUSH, Buffer.from(request)]), 'guest-sync', timeoutMs, isOurs);
    this.#synchronised = true;
  }

  #exchange(
    socket: Socket,
    bytes: Buffer,
    command: string,
    timeoutMs: number,
    accepts: (message: QmpMessage) => boolean,
  ): Promise<QmpMessage> {
    return new Promise<QmpMessage>((resolve, reject) => {
      const timer = this.#clock.after(timeoutMs, () => {
        this.#synchronised = false;
        settle(() => reject(new Failure('agent-timeout', `${command}: the guest agent did not answer in time`)));
      });
      const settle = (finish: () => void) => {
        timer.cancel();
        this.#take = undefined;
        this.#broken = undefined;
        finish();
      };
      this.#take = (message) => accepts(message) && settle(() => resolve(message));
      this.#broken = (error) => settle(() => reject(error));
      socket.write(bytes);
    });
  }

  async #connected(): Promise<Socket> {
    if (this.#socket) return this.#socket;
    let socket: Socket;
    try {
      socket = await connectSocket(this.#path);
    } catch (error) {
      throw new Failure('agent-unavailable', 'the channel of the guest agent is closed', { cause: error });
    }
    this.#reader = new QmpReader();
    socket.on('data', (packet) => this.#receive(socket, packet));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost(socket));
    this.#socket = socket;
    return socket;
  }

  #receive(socket: Socket, packet: Buffer): void {
    try {
      for (const message of this.#reader.read(packet)) this.#take?.(message);
    } catch {
      socket.destroy();
    }
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.close();
    this.#broken?.(new Failure('agent-unavailable', 'the channel of the guest agent was closed'));
  }
}

function isReply(message: QmpMessage): boolean {
  return 'return' in message || 'error' in message;
}
