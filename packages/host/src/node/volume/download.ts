import { createWriteStream } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure, hasCode } from '@godwit/base';
import { ifThere } from '@godwit/base/node';

/** What is to be downloaded: plain values, which another process can be told. */
export interface DownloadFacts {
  readonly url: string;
  /** Further headers as `Name: value`. */
  readonly headers: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Certificates to trust, PEM; absent: those of the system. */
  readonly certificates?: string;
  readonly skipVerify: boolean;
}

export interface DownloadRequest extends DownloadFacts {
  /** Namespace of the object that asks: names are looked for there first. */
  readonly namespace?: string | undefined;
  /** How names are found; absent: as this host does. */
  readonly lookup?: LookupFunction;
  readonly signal: AbortSignal;
  /** Percent of the whole, where its length is known. */
  readonly onProgress: (percent: number) => void;
}

export type Download = (path: string, request: DownloadRequest) => Promise<void>;

/** What the server said of the file that lies half downloaded: as long as it still says so, the rest fits. */
interface Validator {
  readonly url: string;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

const MOST_REDIRECTS = 10;
const IDLE_TIMEOUT_MS = 60_000;

/**
 * Downloads a file, going on where an earlier try ended when the server still has the same one. Codes:
 * `download-refused` (the server says no, and will again), `download-failed` (worth another try), `no-space`.
 */
export async function download(path: string, request: DownloadRequest): Promise<void> {
  const mark = `${path}.json`;
  const known = await readValidator(mark, request.url);
  const have = known ? await sizeOf(path) : 0;
  const resume = have > 0 && (known?.etag ?? known?.lastModified) !== undefined;
  const response = await open(request.url, request, resume ? resumeHeaders(have, known as Validator) : {});
  const status = response.statusCode ?? 0;
  // The whole file is here already: the server has nothing after its last byte.
  if (status === 416 && resume) return void response.destroy();
  if (status !== 200 && status !== 206) throw refusal(request.url, status, response);
  const start = status === 206 ? have : 0;
  const { etag, 'last-modified': lastModified } = response.headers;
  await writeFile(mark, JSON.stringify({ url: request.url, etag, lastModified } satisfies Validator));
  if (start === 0) await writeFile(path, '');
  else await truncate(path, start);
  const total = start + Number(response.headers['content-length'] ?? Number.NaN);
  await receive(response, path, start, total, request);
}

async function receive(
  response: IncomingMessage,
  path: string,
  start: number,
  total: number,
  { onProgress, signal, url }: DownloadRequest,
): Promise<void> {
  let received = start;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (total > 0) onProgress((received / total) * 100);
      done(null, chunk);
    },
  });
  try {
    await pipeline(response, meter, createWriteStream(path, { flags: 'a' }), { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    if (hasCode(error, 'ENOSPC')) throw new Failure('no-space', `${url}: no space left`, { cause: error });
    throw new Failure('download-failed', `${url}: the transfer broke`, { cause: error, retryable: true });
  }
  if (total > 0 && received !== total) {
    throw new Failure('download-failed', `${url}: ${received} of ${total} bytes came`, { retryable: true });
  }
}

function open(
  url: string,
  request: DownloadRequest,
  extra: Readonly<Record<string, string>>,
  redirects = 0,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { user, password, certificates, skipVerify, signal, lookup } = request;
    const own = Object.fromEntries(request.headers.map(splitHeader));
    const options = {
      signal,
      headers: { 'user-agent': 'godwit', ...own, ...extra },
      ...(user !== undefined && { auth: `${user}:${password ?? ''}` }),
      ...(certificates !== undefined && { ca: certificates }),
      ...(lookup && { lookup }),
      rejectUnauthorized: !skipVerify,
      timeout: IDLE_TIMEOUT_MS,
    };
    const fail = (error: Error) => {
      reject(
        signal.aborted
          ? error
          : new Failure('download-failed', `${url}: no connection`, { cause: error, retryable: true }),
      );
    };
    const outgoing = (url.startsWith('https:') ? requestHttps : requestHttp)(url, options, (response) => {
      const { location } = response.headers;
      if (location === undefined || ![301, 302, 303, 307, 308].includes(response.statusCode ?? 0))
        return resolve(response);
      response.resume();
      if (redirects >= MOST_REDIRECTS) return reject(new Failure('download-refused', `${url}: too many redirects`));
      const target = new URL(location, url);
      // Credentials are for the host that they were given for.
      const anonymous = target.host === new URL(url).host ? request : withoutCredentials(request);
      resolve(open(target.href, anonymous, extra, redirects + 1));
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`silent for ${IDLE_TIMEOUT_MS} ms`)));
    outgoing.on('error', fail);
    outgoing.end();
  });
}

function withoutCredentials(request: DownloadRequest): DownloadRequest {
  return { ...request, headers: [], user: undefined, password: undefined };
}

function resumeHeaders(have: number, { etag, lastModified }: Validator): Record<string, string> {
  return { range: `bytes=${have}-`, 'if-range': etag ?? lastModified ?? '' };
}

function splitHeader(line: string): [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** What a client did wrong stays wrong; what a server or the way to it did may pass. */
function refusal(url: string, status: number, response: IncomingMessage): Failure {
  response.destroy();
  const lasting = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new Failure(lasting ? 'download-refused' : 'download-failed', `${url} answered ${status}`, {
    retryable: !lasting,
  });
}

async function readValidator(mark: string, url: string): Promise<Validator | undefined> {
  try {
    const known = JSON.parse(await readFile(mark, 'utf8')) as Validator;
    return known.url === url ? known : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await ifThere(stat(path)))?.size ?? 0;
}
