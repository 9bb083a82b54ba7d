/**
 * HTTP/1.1 over TLS with as little of our own cost as possible, because client and server share the same
 * two cores: requests are written as they are, responses are counted and not parsed beyond their length.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { load } from 'js-yaml';

export interface Access {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

export function readAccess(kubeconfig: string): Access {
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const url = new URL(clusters[0].cluster.server ?? '');
  const decode = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64');
  return {
    host: url.hostname,
    port: Number(url.port),
    tls: {
      ca: decode(clusters[0].cluster['certificate-authority-data']),
      cert: decode(users[0].user['client-certificate-data']),
      key: decode(users[0].user['client-key-data']),
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly bodyBytes: number;
  /** The body as it came, chunk lengths and all; empty unless it was asked for. */
  readonly text: string;
}

/** One connection, one request at a time. */
export class RawClient {
  readonly #socket: TLSSocket;
  readonly #host: string;
  #head = '';
  #remaining = -1;
  #chunked = false;
  #status = 0;
  #bytes = 0;
  #tail = '';
  #text: string[] | undefined;
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  readonly #access: Access;

  private constructor(socket: TLSSocket, access: Access) {
    this.#socket = socket;
    this.#host = access.host;
    this.#access = access;
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(closed()));
  }

  static async open(access: Access): Promise<RawClient> {
    const { host, port, tls } = access;
    const socket = connect({ host, port, ...tls, ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    socket.setNoDelay(true);
    return new RawClient(socket, access);
  }

  /** So many connections, opened at once. */
  static openMany(access: Access, count: number): Promise<RawClient[]> {
    return Promise.all(Array.from({ length: count }, () => RawClient.open(access)));
  }

  /** Another connection to the same server. */
  clone(): Promise<RawClient> {
    return RawClient.open(this.#access);
  }

  /** Rejects when the server has closed the connection. */
  request(method: string, path: string, body?: string, { keepText = false } = {}): Promise<Answer> {
    if (this.#socket.destroyed) return Promise.reject(closed());
    const payload =
      body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`;
    this.#head = '';
    this.#remaining = -1;
    this.#bytes = 0;
    this.#tail = '';
    this.#text = keepText ? [] : undefined;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\naccept: application/json\r\n${payload}\r\n${body ?? ''}`,
      );
    });
  }

  #onData(chunk: Buffer): void {
    let body = chunk;
    if (this.#remaining < 0) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf('\r\n\r\n');
      if (end < 0) return;
      body = Buffer.from(this.#head.slice(end + 4), 'latin1');
      const head = this.#head.slice(0, end).toLowerCase();
      this.#status = Number(head.slice(9, 12));
      this.#chunked = head.includes('transfer-encoding: chunked');
      this.#remaining = this.#chunked ? 1 : Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0);
    }
    this.#bytes += body.length;
    this.#text?.push(body.toString('latin1'));
    if (this.#chunked) {
      this.#tail = (this.#tail + body.subarray(-7).toString('latin1')).slice(-7);
      if (!this.#tail.endsWith('\r\n0\r\n\r\n') && !this.#tail.endsWith('0\r\n\r\n')) return;
    } else {
      this.#remaining -= body.length;
      if (this.#remaining > 0) return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: this.#status, bodyBytes: this.#bytes, text: this.#text?.join('') ?? '' });
  }

  /** Everything that the server sends, head and all, without end: for watches. Resolves once the head has begun. */
  async stream(path: string, onBytes: (chunk: Buffer) => void): Promise<void> {
    this.#socket.removeAllListeners('data');
    this.#socket.on('data', onBytes);
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: ${this.#host}\r\naccept: application/json\r\n\r\n`);
    await once(this.#socket, 'data');
  }

  /** A watch: calls `onAdded` for every object that comes into it. */
  streamEvents(path: string, onAdded: () => void): Promise<void> {
    const marker = '"type":"ADDED"';
    let rest = '';
    return this.stream(path, (chunk) => {
      const text = rest + chunk.toString('latin1');
      let end = 0;
      for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, end)) {
        end = at + marker.length;
        onAdded();
      }
      // A marker may lie across two chunks.
      rest = text.slice(Math.max(end, text.length - marker.length + 1));
    });
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }
}

const closed = () => new Error('the server closed the connection');
