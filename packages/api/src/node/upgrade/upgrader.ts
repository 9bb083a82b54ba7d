import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { describeError, type Log } from '@godwit/base';
import { type MachineStream, StatusFailure, type StreamRequest } from '@godwit/kinds';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { statusOf } from '../../http/answer.ts';
import type { HttpApi, Upgrade } from '../../http/http-api.ts';
import { portNumber } from '../../http/machine-request.ts';
import type { Http1Request } from '../http1-request.ts';
import { runSession } from './session.ts';
import { runSpdyPorts, spdyPortProtocol, spdyPortTunnel } from './spdy-ports.ts';
import { SpdySession, spdySessionProtocol } from './spdy-session.ts';
import { runPlain } from './web-socket-bytes.ts';
import { portChannelProtocols, runPortChannels } from './web-socket-ports.ts';
import { sessionProtocols, WebSocketSession } from './web-socket-session.ts';

/** KubeVirt's name for bytes without any framing; `binary` is what screens in browsers ask for. */
const plainProtocols = ['plain.kubevirt.io', 'binary.kubevirt.io', 'binary'];
/** A file that is copied comes in large messages, but never in one. */
const LARGEST_MESSAGE = 32 * 1024 * 1024;

/** Turns HTTP/1.1 connections into WebSockets or SPDY, and runs what was asked for on them. */
export class Upgrader {
  readonly #api: HttpApi;
  readonly #log: Log;
  readonly #open = new Set<Duplex>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LARGEST_MESSAGE,
    handleProtocols: (offered, message) => chosenProtocol(offered, message) ?? false,
  });

  constructor(api: HttpApi, log: Log) {
    this.#api = api;
    this.#log = log;
  }

  /** Never rejects because of the client: it is refused with a Status, or its connection is closed. */
  async upgrade(request: Http1Request, message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    this.#open.add(socket);
    socket.on('error', () => gone.abort());
    socket.on('close', () => {
      this.#open.delete(socket);
      gone.abort();
    });
    try {
      const wanted = await this.#api.upgrade(request);
      const protocol = (message.headers.upgrade ?? '').toLowerCase();
      if (protocol === 'websocket') await this.#webSocket(wanted, message, socket, head, gone.signal);
      else if (protocol === 'spdy/3.1') await spdy(wanted, message, socket, head, gone.signal);
      else throw new StatusFailure('BadRequest', `a connection cannot be upgraded to ${JSON.stringify(protocol)}`);
    } catch (error) {
      if (!(error instanceof StatusFailure)) this.#log.debug('a stream broke', { error: describeError(error) });
      refuse(socket, error);
    }
  }

  /** Ends every connection: the machines go on, clients may come back. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async #webSocket(
    wanted: Upgrade,
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    signal: AbortSignal,
  ): Promise<void> {
    if (wanted.request === 'port-forward-pod') {
      const tunnel = offers(message, spdyPortTunnel);
      const ports = tunnel
        ? []
        : wanted.exchange.query
            .all('ports')
            .flatMap((text) => text.split(','))
            .map(Number);
      for (const port of ports) portNumber(port);
      if (!tunnel && ports.length === 0) throw new StatusFailure('BadRequest', 'query parameter "ports" is required');
      const webSocket = await this.#accept(message, socket, head);
      const open = (port: number) => wanted.openPort(port, signal);
      if (tunnel) await runSpdyPorts(createWebSocketStream(webSocket), open);
      else await runPortChannels(webSocket, ports, open);
      return;
    }
    const stream = await wanted.open(signal);
    const webSocket = await this.#accept(message, socket, head);
    const session = sessionOf(wanted.request);
    if (!session) return runPlain(webSocket, stream.main);
    await runAbortable(stream, signal, () => runSession(stream, new WebSocketSession(webSocket, session)));
  }

  #accept(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
    return new Promise((resolve) => {
      this.#webSockets.handleUpgrade(message, socket, head, (webSocket) => {
        webSocket.on('error', () => {});
        resolve(webSocket);
      });
    });
  }
}

async function spdy(
  wanted: Upgrade,
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const forwarding = wanted.request === 'port-forward-pod';
  const protocol = forwarding ? spdyPortProtocol : spdySessionProtocol;
  const offered = String(message.headers['x-stream-protocol-version'] ?? '');
  if (!offered.split(',').some((name) => name.trim() === protocol)) {
    throw new StatusFailure('BadRequest', `unable to upgrade: of the protocols offered (${offered}) none is known`);
  }
  const session = forwarding ? undefined : sessionOf(wanted.request);
  if (!forwarding && !session) throw new StatusFailure('BadRequest', 'this stream is given over a WebSocket only');
  const stream = forwarding ? undefined : await wanted.open(signal);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n' +
      `X-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  if (head.length > 0) socket.unshift(head);
  if (!stream || !session) return runSpdyPorts(socket, (port) => wanted.openPort(port, signal));
  await runAbortable(stream, signal, async () => {
    const accepted = await SpdySession.accept(socket, session);
    await runSession(stream, accepted.session);
    await accepted.ended;
  });
}

/** Breaks the stream to the machine when the client goes away before it has ended. */
async function runAbortable(stream: MachineStream, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  const onAbort = () => stream.main.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await run();
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

type SessionRequest = Extract<StreamRequest, { type: 'exec' | 'attach' }>;

function sessionOf(request: StreamRequest | 'port-forward-pod'): SessionRequest | undefined {
  if (request === 'port-forward-pod') return undefined;
  return request.type === 'exec' || request.type === 'attach' ? request : undefined;
}

function offers(message: IncomingMessage, protocol: string): boolean {
  return (message.headers['sec-websocket-protocol'] ?? '').split(',').some((name) => name.trim() === protocol);
}

/** Paths tell what is spoken: sessions and ports have names of their own, machines speak plain bytes. */
function chosenProtocol(offered: Set<string>, message: IncomingMessage): string | undefined {
  const path = (message.url ?? '').split('?')[0] ?? '';
  const core = path.startsWith('/api/');
  const known = !core
    ? plainProtocols
    : path.endsWith('/portforward')
      ? [spdyPortTunnel, ...portChannelProtocols]
      : sessionProtocols;
  return known.find((name) => offered.has(name));
}

function refuse(socket: Duplex, error: unknown): void {
  if (socket.destroyed || socket.writableEnded) return;
  const status = statusOf(error);
  const body = JSON.stringify(status);
  socket.end(
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
