import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Clock, describeError, Failure, type Log } from '@godwit/base';
import type { HttpApi } from '../http/http-api.ts';
import { certificateSubject } from './certificate-subject.ts';
import { Http1Request } from './http1-request.ts';
import { Http2Request } from './http2-request.ts';
import { http1Destination, http2Destination, sendResponse } from './send-response.ts';
import { Upgrader } from './upgrade/upgrader.ts';

/** PEM texts: the server's own pair, and the authorities whose client certificates are trusted. */
export interface TlsMaterial {
  readonly key: string;
  readonly certificate: string;
  readonly clientAuthorities: string;
}

export interface ApiServerOptions {
  readonly api: HttpApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly tls: TlsMaterial;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
}

type Active = Http1Request | Http2Request;

const KEEP_ALIVE_MS = 180_000;
const MOST_STREAMS = 1000;
const WINDOW_BYTES = 1024 * 1024;
/** Whole scripts come in the query of an exec, and long lists in selectors. */
const MOST_HEADER_BYTES = 512 * 1024;

/**
 * The API on a port: TLS, with HTTP/2 and HTTP/1.1 as the client chooses, and upgrades to WebSocket and
 * SPDY. Clients may show a certificate; whether they must is decided for each path.
 */
export class ApiServer {
  readonly #options: ApiServerOptions;
  readonly #server: Server;
  readonly #upgrader: Upgrader;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #active = new Set<Active>();
  #closing = false;

  private constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#upgrader = new Upgrader(options.api, options.log);
    this.#server = createServer({
      ...secureOptions(options.tls),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
      noDelay: true,
    });
    this.#chooseProtocol();
    this.#server.on('request', (message, response) => this.#onHttp1(message, response));
    this.#server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
      const request = new Http1Request(message, undefined, certificateSubject(message.socket as TLSSocket));
      this.#upgrader.upgrade(request, message, socket, head).catch((error: unknown) => this.#failed('upgrade', error));
    });
    this.#server.on('tlsClientError', () => {});
  }

  /** Opens the port. Codes: `port-taken` (somebody else has it), `cannot-listen` (no such address, not allowed). */
  static async listen(options: ApiServerOptions): Promise<ApiServer> {
    const server = new ApiServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', (error: NodeJS.ErrnoException) => {
        const where = `${options.host}:${options.port}`;
        if (error.code === 'EADDRINUSE') reject(new Failure('port-taken', `another program listens on ${where}`));
        else reject(new Failure('cannot-listen', `cannot listen on ${where}`, { cause: error }));
      });
      server.#server.listen({ host: options.host, port: options.port, backlog: 1024 }, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes new certificates for connections made from now on. */
  renew(tls: TlsMaterial): void {
    this.#server.setSecureContext(secureOptions(tls));
  }

  /** Stops listening, ends watches and streams, lets requests finish for `graceMs`, then cuts what is left. */
  async close(graceMs = 2000): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const request of this.#active) request.abort();
    this.#upgrader.close();
    for (const session of this.#sessions) session.close();
    this.#server.closeIdleConnections();
    const cut = this.#options.clock.after(graceMs, () => {
      for (const session of this.#sessions) session.destroy();
      this.#server.closeAllConnections();
    });
    await closed;
    cut.cancel();
  }

  /** HTTP/2 connections get a session of their own; the rest go where https sends them. */
  #chooseProtocol(): void {
    const [asHttp1] = this.#server.listeners('secureConnection') as ((socket: TLSSocket) => void)[];
    this.#server.removeAllListeners('secureConnection');
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      socket.on('error', () => {});
      if (socket.alpnProtocol === 'h2') this.#onHttp2Connection(socket);
      else asHttp1?.call(this.#server, socket);
    });
  }

  #onHttp2Connection(socket: TLSSocket): void {
    const session = performServerHandshake(socket, {
      settings: { maxConcurrentStreams: MOST_STREAMS, initialWindowSize: WINDOW_BYTES, enablePush: false },
    });
    this.#sessions.add(session);
    session.on('close', () => this.#sessions.delete(session));
    session.on('error', () => {});
    session.on('connect', () => session.setLocalWindowSize(WINDOW_BYTES * 4));
    const certificate = certificateSubject(socket);
    const far = !isLoopback(socket.remoteAddress);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on('error', () => {});
      const request = new Http2Request(stream, headers, certificate);
      const mayPack = far && takesGzip(headers['accept-encoding']);
      const destination = http2Destination(stream, request.method === 'HEAD', mayPack);
      this.#answer(request, destination).catch((error: unknown) => this.#failed(request.target, error));
    });
  }

  #onHttp1(message: IncomingMessage, response: ServerResponse): void {
    const socket = message.socket as TLSSocket;
    response.on('error', () => {});
    const request = new Http1Request(message, response, certificateSubject(socket));
    const mayPack = takesGzip(message.headers['accept-encoding']) && !isLoopback(socket.remoteAddress);
    const destination = http1Destination(response, message.method === 'HEAD', mayPack);
    this.#answer(request, destination).catch((error: unknown) => this.#failed(request.target, error));
  }

  async #answer(request: Active, destination: Parameters<typeof sendResponse>[0]): Promise<void> {
    this.#active.add(request);
    try {
      const response = await this.#options.api.handle(request);
      await sendResponse(destination, response, this.#options.clock);
    } finally {
      this.#active.delete(request);
      // Connections that are kept alive would otherwise hold up the end.
      if (this.#closing) setImmediate(() => this.#server.closeIdleConnections());
    }
  }

  #failed(what: string, error: unknown): void {
    this.#options.log.warn('an answer could not be sent', { what, error: describeError(error) });
  }
}

function secureOptions(tls: TlsMaterial) {
  return { key: tls.key, cert: tls.certificate, ca: tls.clientAuthorities, minVersion: 'TLSv1.2' as const };
}

function takesGzip(encodings: string | string[] | undefined): boolean {
  return encodings !== undefined && /\bgzip\b(?!;\s*q=0(\.0*)?(,|$))/.test(String(encodings));
}

/** Between processes of one machine bytes are cheaper than packing them. */
function isLoopback(address: string | undefined): boolean {
  return address === '::1' || address?.startsWith('127.') === true || address?.startsWith('::ffff:127.') === true;
}
