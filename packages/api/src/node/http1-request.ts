import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Credentials } from '../authentication/authenticator.ts';
import type { HttpRequest } from '../http/http-message.ts';
import { readBytes } from './read-bytes.ts';

/** A request over HTTP/1.1. */
export class Http1Request implements HttpRequest {
  readonly certificate: Credentials['certificate'];
  readonly #message: IncomingMessage;
  /** Absent for upgrades, which have no answer to wait for. */
  readonly #response: ServerResponse | undefined;
  #controller: AbortController | undefined;

  constructor(message: IncomingMessage, response: ServerResponse | undefined, certificate: Credentials['certificate']) {
    this.#message = message;
    this.#response = response;
    this.certificate = certificate;
  }

  get method(): string {
    return this.#message.method ?? 'GET';
  }

  get target(): string {
    return this.#message.url ?? '/';
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  headerValues(name: string): readonly string[] {
    return this.#message.headersDistinct[name] ?? [];
  }

  headerNames(): readonly string[] {
    return Object.keys(this.#message.headers);
  }

  async text(limitBytes: number): Promise<string> {
    return (await this.bytes(limitBytes)).toString();
  }

  bytes(limitBytes: number): Promise<Buffer> {
    return readBytes(this.#message, this.#message.headers['content-length'], limitBytes);
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#message;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      const controller = new AbortController();
      this.#controller = controller;
      const source = this.#response ?? this.#message.socket;
      if (source.destroyed) controller.abort();
      else source.once('close', () => controller.abort());
    }
    return this.#controller.signal;
  }

  /** Ends what goes on for this request, when the server closes. */
  abort(): void {
    this.#controller?.abort();
  }
}
