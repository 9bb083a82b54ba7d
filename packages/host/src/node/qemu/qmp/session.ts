import type { Duplex } from 'node:stream';
import { type Clock, Failure, type Timer } from '@godwit/base';
import { type ArgumentsOf, type CommandName, type ReturnsOf, timeoutOf } from './commands.ts';
import { type QmpMessage, QmpReader, writeMessage } from './wire.ts';

/** Something that QEMU tells unasked. `timestampMs` is QEMU's own wall clock. */
export interface QmpEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly timestampMs: number;
}

export interface QmpSessionOptions {
  readonly clock: Clock;
  /** Called for each event, in order, before any reply that QEMU sent after it. It must not throw. */
  readonly onEvent: (event: QmpEvent) => void;
  /** Called once, when the connection is gone, after all open commands have failed. */
  readonly onClose: (reason: Failure) => void;
  /** How long QEMU may take to greet, in milliseconds. */
  readonly greetingTimeoutMs?: number;
}

interface Pending {
  readonly command: string;
  readonly timer: Timer;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Failure) => void;
}

/** Events that came before `start`'s reader was ready are kept up to this number; later ones are counted and dropped. */
const MOST_EARLY_EVENTS = 1_000;

/**
 * One conversation with one QEMU. Any number of commands may be in flight; replies are matched by id, so a slow
 * `device_add` holds up nothing. Three ways to fail, three codes: `qmp-timeout` (no reply in time; the command may
 * still have its effect), `qmp-disconnected` (the connection broke), `qmp-error` (QEMU refused; details.class).
 */
export class QmpSession {
  readonly #stream: Duplex;
  readonly #options: QmpSessionOptions;
  readonly #reader = new QmpReader();
  readonly #pending = new Map<number, Pending>();
  #early: QmpEvent[] | undefined = [];
  #droppedEvents = 0;
  #lateReplies = 0;
  #lastId = 0;
  #closed: Failure | undefined;
  #greeted: ((greeting: QmpMessage) => void) | undefined;

  private constructor(stream: Duplex, options: QmpSessionOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (packet: Buffer) => this.#receive(packet));
    stream.on('error', (error) =>
      this.#close(new Failure('qmp-disconnected', 'the connection broke', { cause: error })),
    );
    stream.on('close', () => this.#close(new Failure('qmp-disconnected', 'QEMU closed the connection')));
    stream.on('end', () => this.#close(new Failure('qmp-disconnected', 'QEMU closed the connection')));
  }

  /** Waits for the greeting and agrees on capabilities. After a failure the stream is destroyed. */
  static async open(stream: Duplex, options: QmpSessionOptions): Promise<QmpSession> {
    const session = new QmpSession(stream, options);
    try {
      await session.#greeting(options.greetingTimeoutMs ?? 10_000);
      await session.execute('qmp_capabilities');
    } catch (error) {
      session.close();
      throw error;
    }
    for (const event of session.#early ?? []) options.onEvent(event);
    session.#early = undefined;
    return session;
  }

  /** Events that nobody could be told of, because too many came before the session stood. */
  get droppedEvents(): number {
    return this.#droppedEvents;
  }

  /** Replies that came after their command had been given up. */
  get lateReplies(): number {
    return this.#lateReplies;
  }

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  /** Sends a command and resolves with what it returns. */
  execute<Name extends CommandName>(
    command: Name,
    input?: ArgumentsOf<Name>,
    timeoutMs?: number,
  ): Promise<ReturnsOf<Name>> {
    return this.#send(command, input, timeoutMs ?? timeoutOf(command));
  }

  /** Ends the conversation; QEMU goes on. Open commands fail with `qmp-disconnected`. */
  close(): void {
    this.#close(new Failure('qmp-disconnected', 'the session was closed'));
  }

  #send<T>(command: string, input: unknown, timeoutMs: number): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(timeoutMs, () => {
        this.#pending.delete(id);
        reject(new Failure('qmp-timeout', `${command}: no reply within ${timeoutMs} ms`, { retryable: true }));
      });
      this.#pending.set(id, { command, timer, resolve: (value) => resolve(value as T), reject });
      this.#stream.write(writeMessage({ execute: command, ...(input !== undefined && { arguments: input }), id }));
    });
  }

  #greeting(timeoutMs: number): Promise<QmpMessage> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(timeoutMs, () => {
        reject(new Failure('qmp-timeout', `QEMU did not greet within ${timeoutMs} ms`, { retryable: true }));
      });
      const id = 0;
      this.#pending.set(id, { command: 'greeting', timer, resolve: () => undefined, reject });
      this.#greeted = (greeting) => {
        timer.cancel();
        this.#pending.delete(id);
        resolve(greeting);
      };
    });
  }

  #receive(packet: Buffer): void {
    if (this.#closed) return;
    try {
      for (const message of this.#reader.read(packet)) this.#dispatch(message);
    } catch (error) {
      this.#close(new Failure('qmp-disconnected', 'QEMU spoke something else than QMP', { cause: error }));
    }
  }

  #dispatch(message: QmpMessage): void {
    if ('event' in message) this.#event(message);
    else if ('QMP' in message) this.#greeted?.(message);
    else if (typeof message.id === 'number') this.#reply(message.id, message);
    // An error without id answers bytes that were no request: none of ours can be meant.
  }

  #event(message: QmpMessage): void {
    const at = message.timestamp as { seconds?: number; microseconds?: number } | undefined;
    const event: QmpEvent = {
      name: String(message.event),
      data: (message.data ?? {}) as QmpEvent['data'],
      timestampMs: (at?.seconds ?? 0) * 1000 + Math.floor((at?.microseconds ?? 0) / 1000),
    };
    if (!this.#early) this.#options.onEvent(event);
    else if (this.#early.length < MOST_EARLY_EVENTS) this.#early.push(event);
    else this.#droppedEvents++;
  }

  #reply(id: number, message: QmpMessage): void {
    const pending = this.#pending.get(id);
    if (!pending) {
      this.#lateReplies++;
      return;
    }
    this.#pending.delete(id);
    pending.timer.cancel();
    if ('return' in message) return pending.resolve(message.return);
    const error = message.error as { class?: string; desc?: string } | undefined;
    const details = { class: error?.class ?? 'GenericError', command: pending.command };
    pending.reject(new Failure('qmp-error', `${pending.command}: ${error?.desc ?? 'refused'}`, { details }));
  }

  #close(reason: Failure): void {
    if (this.#closed) return;
    this.#closed = reason;
    this.#stream.destroy();
    for (const pending of this.#pending.values()) {
      const { command } = pending;
      pending.timer.cancel();
      pending.reject(
        new Failure('qmp-disconnected', `${command}: ${reason.message}`, { cause: reason, retryable: true }),
      );
    }
    this.#pending.clear();
    this.#options.onClose(reason);
  }
}
