import type { Duplex } from 'node:stream';
import { Failure } from '@godwit/base';
import { SpdyConnection, type SpdyStream } from '../spdy/index.ts';
import type { SessionWire } from './session.ts';

/** Which streams the client will open for its session. */
export interface SessionStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The only version that is spoken over SPDY: all clients of the last years have it. */
export const spdySessionProtocol = 'v4.channel.k8s.io';

/** A session over SPDY: one stream each for errors, input, output and terminal sizes. */
export class SpdySession implements SessionWire {
  readonly #connection: SpdyConnection;
  readonly #streams: ReadonlyMap<string, SpdyStream>;

  private constructor(connection: SpdyConnection, streams: ReadonlyMap<string, SpdyStream>) {
    this.#connection = connection;
    this.#streams = streams;
  }

  /** Waits until the client has opened every stream that its request spoke of. `ended` tells when it is gone. */
  static async accept(duplex: Duplex, wanted: SessionStreams): Promise<{ session: SpdySession; ended: Promise<void> }> {
    const missing = new Set(['error']);
    for (const name of ['stdin', 'stdout', 'stderr'] as const) if (wanted[name]) missing.add(name);
    if (wanted.tty) missing.add('resize');
    const streams = new Map<string, SpdyStream>();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const connection = new SpdyConnection(duplex, (stream) => {
      const type = stream.headers.get('streamtype') ?? '';
      streams.set(type, stream);
      missing.delete(type);
      if (missing.size === 0) resolve();
    });
    const ended = connection.run();
    ended.then(() => reject(new Failure('connection-lost', 'the client went away before its session began')), reject);
    await promise;
    return { session: new SpdySession(connection, streams), ended };
  }

  get stdin(): AsyncIterable<Uint8Array> | undefined {
    return this.#streams.get('stdin')?.incoming;
  }

  get sizes(): AsyncIterable<Uint8Array> | undefined {
    return this.#streams.get('resize')?.incoming;
  }

  async stdout(bytes: Uint8Array): Promise<void> {
    await this.#streams.get('stdout')?.write(bytes);
  }

  async stderr(bytes: Uint8Array): Promise<void> {
    await this.#streams.get('stderr')?.write(bytes);
  }

  async finish(status: string): Promise<void> {
    await this.#streams.get('error')?.write(Buffer.from(status));
    for (const name of ['stdout', 'stderr', 'error', 'resize', 'stdin']) this.#streams.get(name)?.end();
    this.#connection.close();
  }
}
