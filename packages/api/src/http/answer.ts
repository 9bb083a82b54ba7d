import { describeError, Failure } from '@godwit/base';
import { type Status, StatusFailure, statusCodes } from '@godwit/kinds';
import { dump } from 'js-yaml';
import type { Document } from '../documents/document.ts';
import type { HttpResponse } from './http-message.ts';
import type { Shape } from './media-type.ts';

type Headers = Record<string, string | readonly string[]>;

/** How text is to be laid out for whoever reads it. */
export interface Layout {
  readonly shape: Shape;
  readonly pretty: boolean;
}

const jsonHeaders: Readonly<Headers> = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };

/** `warnings` become `Warning` headers (RFC 7234, 5.5), which kubectl prints. */
export function headersOf(contentType: string, warnings: readonly string[] | undefined): Readonly<Headers> {
  if (!warnings && contentType === 'application/json') return jsonHeaders;
  const headers: Headers = { 'content-type': contentType, 'cache-control': 'no-cache, private' };
  if (warnings) headers.warning = warnings.map((text) => `299 - "${escapeWarning(text)}"`);
  return headers;
}

/** Header values are visible ASCII; a quoted string escapes quotes and backslashes. */
function escapeWarning(text: string): string {
  return text
    .slice(0, 2048)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replace(/["\\]/g, '\\$&');
}

export function documentAnswer(
  document: Document,
  layout: Layout,
  warnings: readonly string[] | undefined,
  status = 200,
): HttpResponse {
  if (layout.shape.format === 'json' && !layout.pretty) {
    return { status, headers: headersOf('application/json', warnings), body: document.json };
  }
  return valueAnswer(document.object, layout, warnings, status);
}

/** Answers any value that is not a stored document. */
export function valueAnswer(
  value: unknown,
  layout: Layout,
  warnings: readonly string[] | undefined,
  status = 200,
): HttpResponse {
  return { status, headers: headersOf(layout.shape.contentType, warnings), body: textOf(value, layout) };
}

export function textOf(value: unknown, { shape, pretty }: Layout): string {
  if (shape.format === 'yaml') return dump(value, { noRefs: true });
  return pretty ? `${JSON.stringify(value, undefined, 2)}\n` : JSON.stringify(value);
}

export function textAnswer(status: number, text: string, contentType = 'text/plain; charset=utf-8'): HttpResponse {
  return { status, headers: { 'content-type': contentType, 'cache-control': 'no-cache, private' }, body: text };
}

/** The Status that tells the client of a failure. What is not a refusal is told without its inner details. */
export function statusOf(error: unknown): Status {
  if (error instanceof StatusFailure) return error.toStatus();
  if (error instanceof Failure && error.code === 'too-old') {
    return new StatusFailure('Expired', error.message).toStatus();
  }
  if (error instanceof Failure && error.code === 'unavailable') {
    return new StatusFailure('ServiceUnavailable', error.message, { retryAfterSeconds: 1 }).toStatus();
  }
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return new StatusFailure('BadRequest', 'the object is nested too deeply').toStatus();
  }
  return new StatusFailure('InternalError', `internal error: ${describeError(error)}`).toStatus();
}

export function failureAnswer(status: Status, layout: Layout, warnings: readonly string[] | undefined): HttpResponse {
  const code = status.code || statusCodes.InternalError;
  const answer = valueAnswer(status, layout, warnings, code);
  const retryAfter = status.details?.retryAfterSeconds;
  const extra: Headers = {};
  if (retryAfter !== undefined) extra['retry-after'] = String(retryAfter);
  if (code === 401) extra['www-authenticate'] = 'Bearer realm="godwit"';
  return { ...answer, headers: { ...answer.headers, ...extra } };
}
