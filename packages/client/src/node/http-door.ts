import type { Clock } from '@godwit/base';
import {
  type Address,
  type DeleteOptions,
  type DeleteResult,
  type Door,
  failureOfStatus,
  type KubeObject,
  type ListOptions,
  type ObjectList,
  type Patch,
  type Status,
  StatusFailure,
  type Stored,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '@godwit/kinds';
import { listQuery, pathOf, watchQuery, withQuery, writeQuery } from './door-path.ts';
import { type HttpAccess, HttpSession } from './http-session.ts';
import { jsonLines } from './json-lines.ts';

export interface HttpDoorOptions {
  readonly clock: Clock;
  /** Says who calls; its part before the slash becomes the field manager. Defaults to `godwit`. */
  readonly userAgent?: string;
  /** How long any request but a watch may take, in milliseconds. Defaults to a minute. */
  readonly timeoutMs?: number;
}

const patchTypes: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

interface WireList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  readonly items: readonly Stored<KubeObject>[];
}

/**
 * The API over HTTP/2 and TLS. A server that is out of reach or breaks off is `ServiceUnavailable`; whether
 * a write has happened then is not known.
 */
export class HttpDoor implements Door {
  readonly #session: HttpSession;
  readonly #clock: Clock;
  readonly #timeoutMs: number;

  constructor(access: HttpAccess, options: HttpDoorOptions) {
    this.#session = new HttpSession(access, options.clock, options.userAgent ?? 'godwit');
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
  }

  /** Breaks off all requests and watches. */
  close(): void {
    this.#session.close();
  }

  get(address: Address): Promise<Stored<KubeObject>> {
    return this.#object('GET', pathOf(address));
  }

  async list(address: Address, options: ListOptions = {}): Promise<ObjectList> {
    return listOf(await this.#json('GET', withQuery(pathOf(address), listQuery(options))));
  }

  async *watch(address: Address, options: WatchOptions, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    const path = withQuery(pathOf(address), watchQuery(options));
    const answer = await this.#session.send({ method: 'GET', path }, signal).catch((error: unknown) => {
      if (signal.aborted) return undefined;
      throw error;
    });
    if (!answer) return;
    if (answer.status >= 300) throw refusal(answer.status, await textOf(answer.body));
    for await (const line of jsonLines(answer.body)) {
      const event = line as WatchEvent;
      if (event.type === 'ERROR') throw failureOfStatus(event.object);
      yield event;
    }
  }

  create(address: Address, object: unknown, options: WriteOptions = {}): Promise<Stored<KubeObject>> {
    return this.#object('POST', withQuery(pathOf(address), writeQuery(options)), object);
  }

  update(address: Address, object: unknown, options: WriteOptions = {}): Promise<Stored<KubeObject>> {
    return this.#object('PUT', withQuery(pathOf(address), writeQuery(options)), object);
  }

  patch(address: Address, patch: Patch, options: WriteOptions = {}): Promise<Stored<KubeObject>> {
    const force = patch.type === 'apply' ? patch.force : undefined;
    const path = withQuery(pathOf(address), { ...writeQuery(options), force });
    return this.#object('PATCH', path, patch.body, patchTypes[patch.type]);
  }

  async delete(address: Address, options: DeleteOptions = {}): Promise<DeleteResult> {
    const answer = await this.#json('DELETE', pathOf(address), deleteBody(options));
    if ((answer as Status).kind === 'Status') return { deleted: true, status: answer as Status };
    const object = answer as Stored<KubeObject>;
    const { finalizers = [], deletionTimestamp, deletionGracePeriodSeconds = 0 } = object.metadata;
    const waits = deletionTimestamp !== undefined && (finalizers.length > 0 || deletionGracePeriodSeconds > 0);
    return waits ? { deleted: false, object } : { deleted: true, status: success };
  }

  async deleteCollection(address: Address, selection: ListOptions, options: DeleteOptions = {}): Promise<ObjectList> {
    const path = withQuery(pathOf(address), listQuery(selection));
    return listOf(await this.#json('DELETE', path, deleteBody(options)));
  }

  async #object(method: string, path: string, body?: unknown, contentType?: string): Promise<Stored<KubeObject>> {
    return (await this.#json(method, path, body, contentType)) as Stored<KubeObject>;
  }

  /** Sends it again, when the server was too busy to begin with it and says when to come back. */
  async #json(method: string, path: string, body?: unknown, contentType?: string): Promise<unknown> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const request = {
      method,
      path,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(contentType !== undefined && { contentType }),
    };
    try {
      for (;;) {
        const answer = await this.#session.send(request, signal);
        const text = await textOf(answer.body);
        signal.throwIfAborted();
        if (answer.status < 300) return parse(text);
        const failure = refusal(answer.status, text);
        const waitSeconds = failure.statusDetails?.retryAfterSeconds;
        if (failure.reason !== 'TooManyRequests' || waitSeconds === undefined) throw failure;
        await this.#clock.sleep(waitSeconds * 1000, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new StatusFailure('Timeout', `${method} ${path} took longer than ${this.#timeoutMs} ms`, undefined, error);
    }
  }
}

const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 200 };

function deleteBody(options: DeleteOptions): unknown {
  const { dryRun, ...rest } = options;
  return { kind: 'DeleteOptions', apiVersion: 'v1', ...rest, ...(dryRun && { dryRun: ['All'] }) };
}

/** Kubernetes leaves apiVersion and kind out of listed items: they are those of the list. */
function listOf(answer: unknown): ObjectList {
  const { apiVersion, kind, metadata, items } = answer as WireList;
  const type = { apiVersion, kind: kind.replace(/List$/, '') };
  return { ...metadata, items: items.map((item) => (item.kind ? item : { ...type, ...item })) };
}

function refusal(status: number, text: string): StatusFailure {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // Something between us and the API answered in its own way.
  }
  const known = body as Status | undefined;
  if (known?.kind === 'Status') return failureOfStatus(known);
  const reason = status === 401 ? 'Unauthorized' : status === 404 ? 'NotFound' : 'ServiceUnavailable';
  return new StatusFailure(reason, `the server answered ${status}: ${text.slice(0, 200)}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StatusFailure('ServiceUnavailable', 'the answer is not whole', undefined, error);
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
