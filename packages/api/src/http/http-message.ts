import type { Credentials } from '../authentication/authenticator.ts';

/** A request as the upper floor of the door sees it, whatever carried it. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent, still escaped. */
  readonly target: string;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Every value of a header that may be repeated; those written in one line are not split. */
  headerValues(name: string): readonly string[];
  headerNames(): readonly string[];
  /** Subject of the TLS client certificate; undefined when none was shown or it is not trusted. */
  readonly certificate: Credentials['certificate'];
  /** The whole body as text. Throws `RequestEntityTooLarge` when it is longer than `limitBytes`. */
  text(limitBytes: number): Promise<string>;
  /** The same as bytes; only one of the two may be asked for. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** The body piece by piece, of any length, instead of `text` or `bytes`; absent where nothing is sent that way. */
  stream?(): AsyncIterable<Uint8Array>;
  /** Aborted when the client goes away. Asked for only by answers that take long. */
  readonly signal: AbortSignal;
}

/** A piece of an answer. Text is sent as UTF-8. */
export type Chunk = string | Uint8Array;

/** What is to be sent. Either `body` or `stream`. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Chunk;
  /** Sent piece by piece as the client takes it; headers go out at once. */
  readonly stream?: Iterable<Chunk> | AsyncIterable<Chunk>;
  /** Large enough, and quiet enough, that packing it may pay. */
  readonly compressible?: boolean;
}

/** One request and how it went, for access logs, audit and metrics. */
export interface AccessRecord {
  readonly method: string;
  readonly target: string;
  readonly user: string | undefined;
  /** The user that really asked, when `user` is impersonated. */
  readonly impersonatedBy?: string;
  readonly agent: string | undefined;
  readonly status: number;
  /** Until the answer was ready to be sent; a watch is ready as soon as it stands. */
  readonly durationMs: number;
}
