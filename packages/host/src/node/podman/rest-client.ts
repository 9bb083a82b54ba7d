import { Agent, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { Failure } from '@godwit/base';

/** Works with Podman 4 and 5. */
const PREFIX = 'http://podman/v4.0.0/libpod';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/libpod`, with its query. */
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of Podman. `details.status` is the HTTP status. */
function refusal(status: number, text: string): Failure {
  let message = text.trim();
  try {
    const parsed = JSON.parse(text) as { message?: string; cause?: string };
    message = parsed.message ?? parsed.cause ?? message;
  } catch {
    // Not JSON: the text itself is the message.
  }
  const code = status === 404 ? 'engine-not-found' : status === 409 ? 'engine-conflict' : 'engine-refused';
  return new Failure(code, message, { retryable: status >= 500, details: { status } });
}

/** Speaks HTTP with Podman over its socket. Throws Failure `engine-not-found|conflict|refused|unreachable`. */
export class RestClient {
  readonly #socketPath: string;
  readonly #agent: Agent;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16 });
  }

  /** The JSON answer; undefined for an empty one. */
  async call<T>(options: RestRequest): Promise<T> {
    const text = await this.tell(options);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The answer as it comes: not all of Podman's answers are JSON. */
  async tell(options: RestRequest): Promise<string> {
    const response = await this.#send(options);
    const text = await readAll(response);
    const status = response.statusCode ?? 0;
    if (status >= 400) throw refusal(status, text);
    return text;
  }

  /** The answer's own stream of bytes, such as the progress of a pull. */
  async stream(options: RestRequest): Promise<IncomingMessage> {
    const response = await this.#send(options);
    if ((response.statusCode ?? 0) >= 400) throw refusal(response.statusCode ?? 0, await readAll(response));
    return response;
  }

  /** Turns the connection into a bare stream both ways, as exec and attach do. */
  hijack(options: RestRequest): Promise<{ socket: Socket; head: Buffer }> {
    return new Promise((resolve, reject) => {
      const text = options.body === undefined ? '' : JSON.stringify(options.body);
      const call = request(PREFIX + options.path, {
        method: options.method,
        socketPath: this.#socketPath,
        headers: {
          connection: 'Upgrade',
          upgrade: 'tcp',
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
        ...(options.signal && { signal: options.signal }),
      });
      call.on('upgrade', (_response, socket: Socket, head: Buffer) => resolve({ socket, head }));
      call.on('response', (response) => {
        readAll(response).then((body) => reject(refusal(response.statusCode ?? 0, body)), reject);
      });
      call.on('error', (cause) => reject(unreachable(cause)));
      call.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(options: RestRequest, isRetry = false): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const text = options.body === undefined ? undefined : JSON.stringify(options.body);
      const timeout = options.timeoutMs === undefined ? [] : [AbortSignal.timeout(options.timeoutMs)];
      const signals = options.signal ? [options.signal, ...timeout] : timeout;
      const call = request(PREFIX + options.path, {
        method: options.method,
        socketPath: this.#socketPath,
        agent: this.#agent,
        headers: {
          ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...options.headers,
        },
        ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      });
      call.on('response', resolve);
      call.on('error', (cause: NodeJS.ErrnoException) => {
        // A connection kept from before that the service closed just now: the request was never read.
        if (call.reusedSocket && cause.code === 'ECONNRESET' && !isRetry) resolve(this.#send(options, true));
        else reject(unreachable(cause));
      });
      call.end(text);
    });
  }
}

function unreachable(cause: Error): Failure {
  return new Failure('engine-unreachable', 'the container engine does not answer', { cause, retryable: true });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
