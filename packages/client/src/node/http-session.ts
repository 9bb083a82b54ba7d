import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { Clock, Timer } from '@godwit/base';
import { StatusFailure } from '@godwit/kinds';
import { StreamBody } from './stream-body.ts';

/** Where the API is, and who we are. Certificates and keys are PEM. */
export interface HttpAccess {
  /** Such as `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly authority?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
  /** Believes any server; for tests against servers whose authority is unknown. */
  readonly insecure?: boolean;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A quiet connection with streams open is asked whether it lives this often, in milliseconds … */
const PING_EVERY_MS = 15_000;
/** … and given up when it has not answered within this. */
const PONG_WITHIN_MS = 10_000;

/** One HTTP/2 connection that all requests share. It is made when needed and after it broke. */
export class HttpSession {
  readonly #access: HttpAccess;
  readonly #clock: Clock;
  readonly #userAgent: string;
  #session: ClientHttp2Session | undefined;
  #open = 0;
  #pinging: Timer | undefined;
  #closed = false;

  constructor(access: HttpAccess, clock: Clock, userAgent: string) {
    this.#access = access;
    this.#clock = clock;
    this.#userAgent = userAgent;
  }

  /** Resolves when the answer's headers are there. Throws `ServiceUnavailable` when the server is out of reach. */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    if (this.#closed) throw new StatusFailure('ServiceUnavailable', 'the client is closed');
    signal.throwIfAborted();
    const session = this.#connected();
    const { token } = this.#access;
    const stream = session.request(
      {
        ':method': request.method,
        ':path': request.path,
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(request.body !== undefined && { 'content-type': request.contentType ?? 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      { endStream: request.body === undefined },
    );
    // Each failure is told to whoever waits at that moment; one that nobody waits for must not be fatal.
    stream.on('error', () => undefined);
    this.#track(session, stream, signal);
    const body = new StreamBody(stream);
    if (request.body !== undefined) stream.end(request.body);
    const status = await this.#answered(stream);
    return { status, body: this.#bodyOf(body, signal) };
  }

  close(): void {
    this.#closed = true;
    this.#drop(this.#session);
  }

  #connected(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    const { server, authority, certificate, key, insecure } = this.#access;
    const session = connect(server, {
      ...(authority !== undefined && { ca: authority }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
      ...(insecure && { rejectUnauthorized: false }),
    });
    // Streams report it too, each to its own caller.
    session.on('error', () => this.#drop(session));
    session.on('goaway', () => this.#forget(session));
    session.on('close', () => this.#forget(session));
    session.unref();
    this.#session = session;
    return session;
  }

  /** Keeps the process alive while streams are open, and no longer. */
  #track(session: ClientHttp2Session, stream: ClientHttp2Stream, signal: AbortSignal): void {
    const onAbort = () => stream.close(constants.NGHTTP2_CANCEL);
    signal.addEventListener('abort', onAbort, { once: true });
    if (this.#open++ === 0) this.#ping();
    session.ref();
    stream.on('close', () => {
      signal.removeEventListener('abort', onAbort);
      if (--this.#open > 0) return;
      this.#pinging?.cancel();
      if (!session.destroyed) session.unref();
    });
  }

  #ping(): void {
    this.#pinging = this.#clock.after(PING_EVERY_MS, () => {
      const session = this.#session;
      if (!session || session.destroyed || session.connecting) return this.#ping();
      const late = this.#clock.after(PONG_WITHIN_MS, () => this.#drop(session));
      session.ping(() => {
        late.cancel();
        if (this.#open > 0) this.#ping();
      });
    });
  }

  #answered(stream: ClientHttp2Stream): Promise<number> {
    return new Promise((resolve, reject) => {
      stream.once('response', (headers) => resolve(Number(headers[':status'])));
      stream.once('error', (error) => reject(this.#unreachable(error)));
      stream.once('close', () => reject(this.#unreachable()));
    });
  }

  async *#bodyOf(body: StreamBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* body;
    if (body.broken && !signal.aborted) throw this.#unreachable();
  }

  #unreachable(cause?: unknown): StatusFailure {
    return new StatusFailure('ServiceUnavailable', `no answer from ${this.#access.server}`, undefined, cause);
  }

  #forget(session: ClientHttp2Session): void {
    if (this.#session === session) this.#session = undefined;
  }

  #drop(session: ClientHttp2Session | undefined): void {
    if (!session) return;
    this.#forget(session);
    session.destroy();
  }
}
