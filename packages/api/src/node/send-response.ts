import type { ServerResponse } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import { constants, createGzip } from 'node:zlib';
import type { Clock } from '@godwit/base';
import type { HttpResponse } from '../http/http-message.ts';
import { Outlet, type Sink } from './outlet.ts';

/** Where one answer goes: the head is told apart by protocol, the rest is alike. */
export interface Destination {
  readonly sink: Sink;
  head(status: number, headers: HttpResponse['headers']): void;
  /** True for HEAD requests: the body is left out. */
  readonly headOnly: boolean;
  /** The client takes gzip, and is far enough away for that to pay. */
  readonly mayPack: boolean;
}

/** Sends an answer. Resolves when it is on its way, streams when they have ended. */
export async function sendResponse(destination: Destination, response: HttpResponse, clock: Clock): Promise<void> {
  const { sink } = destination;
  if (sink.destroyed) return;
  if (response.compressible && destination.mayPack && !destination.headOnly) {
    return sendPacked(destination, response, clock);
  }
  const { body, stream } = response;
  if (!stream) {
    const length = body === undefined ? 0 : typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    destination.head(response.status, { ...response.headers, 'content-length': String(length) });
    if (body === undefined || length === 0 || destination.headOnly) sink.end();
    else sink.end(body);
    return;
  }
  destination.head(response.status, response.headers);
  if (destination.headOnly) sink.end();
  else await new Outlet(sink, clock).sendAll(stream);
}

async function sendPacked(destination: Destination, response: HttpResponse, clock: Clock): Promise<void> {
  // The quickest level: packing runs in a thread of its own, but takes a core.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  destination.head(response.status, { ...response.headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  const packed = new Outlet(destination.sink, clock).sendAll(gzip);
  await Promise.all([new Outlet(gzip, clock).sendAll(response.stream ?? [response.body ?? '']), packed]);
}

export function http1Destination(response: ServerResponse, headOnly: boolean, mayPack: boolean): Destination {
  return {
    sink: response,
    headOnly,
    mayPack,
    head(status, headers) {
      response.writeHead(status, headers as Record<string, string | string[]>);
      // Without this the head of a watch would wait for its first event.
      if (headers['content-length'] === undefined) response.flushHeaders();
    },
  };
}

export function http2Destination(stream: ServerHttp2Stream, headOnly: boolean, mayPack: boolean): Destination {
  return {
    sink: stream,
    headOnly,
    mayPack,
    head(status, headers) {
      stream.respond({ ':status': status, ...headers });
    },
  };
}
