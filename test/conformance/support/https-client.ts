import type { OutgoingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { Agent, request } from 'node:https';
import type { KeyPair } from '../../../apps/godwit/src/pki/certificates.ts';
import type { ApiUnderTest } from './api-under-test.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  readonly json: <T>() => T;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Requests as they are, over HTTP/1.1, with a client certificate or without. */
export class HttpsClient {
  readonly #api: ApiUnderTest;
  readonly #agent: Agent;

  constructor(api: ApiUnderTest, pair?: KeyPair) {
    this.#api = api;
    this.#agent = new Agent({
      keepAlive: true,
      ca: api.authority.certificate,
      ...(pair && { cert: pair.certificate, key: pair.privateKey }),
    });
  }

  send(path: string, { method = 'GET', headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const sending = request(
        { host: '127.0.0.1', port: this.#api.port, path, method, headers, agent: this.#agent },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const whole = Buffer.concat(chunks);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: whole,
              json: <T>() => JSON.parse(String(whole)) as T,
            });
          });
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A connection over HTTP/2. */
export function http2Session(api: ApiUnderTest, pair: KeyPair): ClientHttp2Session {
  return connect(api.url, { ca: api.authority.certificate, cert: pair.certificate, key: pair.privateKey });
}
