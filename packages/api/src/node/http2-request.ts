import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Credentials } from '../authentication/authenticator.ts';
import type { HttpRequest } from '../http/http-message.ts';
import { readBytes } from './read-bytes.ts';

/** A request over HTTP/2: one stream of a connection. */
export class Http2Request implements HttpRequest {
  readonly certificate: Credentials['certificate'];
  readonly #stream: ServerHttp2Stream;
  readonly #headers: IncomingHttpHeaders;
  #controller: AbortController | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, certificate: Credentials['certificate']) {
    this.#stream = stream;
    this.#headers = headers;
    this.certificate = certificate;
  }

  get method(): string {
    return this.#headers[':method'] ?? 'GET';
  }

  get target(): string {
    return this.#headers[':path'] ?? '/';
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  /** Repeated headers other than `set-cookie` arrive joined; a comma with a blank is where they were joined. */
  headerValues(name: string): readonly string[] {
    const value = this.#headers[name];
    if (value === undefined) return [];
    return typeof value === 'object' ? value : value.split(', ');
  }

  headerNames(): readonly string[] {
    return Object.keys(this.#headers);
  }

  async text(limitBytes: number): Promise<string> {
    return (await this.bytes(limitBytes)).toString();
  }

  bytes(limitBytes: number): Promise<Buffer> {
    return readBytes(this.#stream, this.#headers['content-length'], limitBytes);
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#stream;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      if (this.#stream.destroyed) controller.abort();
      else this.#stream.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }

  /** Ends what goes on for this request, when the server closes. */
  abort(): void {
    this.#controller?.abort();
  }
}
