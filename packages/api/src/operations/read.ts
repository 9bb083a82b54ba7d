import { type Address, type KindDefinition, type ListOptions, StatusFailure } from '@godwit/kinds';
import { readContinueToken, writeContinueToken } from '../documents/continue-token.ts';
import type { Document } from '../documents/document.ts';
import { documentOf } from '../documents/form.ts';
import { documentKey, kindPrefix, namespacePrefix } from '../documents/keys.ts';
import type { KindHub } from '../documents/kind-hub.ts';
import { readSelection, type SelectionTest } from '../documents/selection.ts';
import { notFound } from '../validation/index.ts';
import { type Engine, expired, storeFailure } from './engine.ts';
import type { Caller, DocumentList } from './operations.ts';

/** One object as it stands. */
export async function getDocument(engine: Engine, caller: Caller, address: Address): Promise<Document> {
  const kind = engine.kindFor(address, 'get');
  engine.authorizeAddress(caller, 'get', address);
  return readDocument(engine, kind, address);
}

/** Without asking who reads. */
export async function readDocument(engine: Engine, kind: KindDefinition, address: Address): Promise<Document> {
  const name = address.name ?? '';
  const hub = await engine.fresh(kind);
  const document = hub.cache.get(documentKey(kind, address.namespace, name));
  if (!document) throw notFound(kind, name);
  return document;
}

interface Page {
  readonly documents: readonly Document[];
  /** Keys of the documents, where there may be a next page. */
  readonly lastKey?: string;
  readonly remaining: number;
}

/** How a list is to be read: what it selects, how much, and as of when. */
interface Query {
  readonly kind: KindDefinition;
  readonly namespace: string | undefined;
  readonly selection: SelectionTest;
  readonly limit: number;
  readonly after: string;
}

export async function listDocuments(
  engine: Engine,
  caller: Caller,
  address: Address,
  options: ListOptions = {},
): Promise<DocumentList> {
  const kind = engine.kindFor(address, 'list');
  const selection = readSelection(kind, options);
  engine.authorizeAddress(caller, 'list', address, selection.equalities);
  return selectDocuments(engine, kind, address.namespace, selection, options);
}

/** A list without asking who reads. */
export async function selectDocuments(
  engine: Engine,
  kind: KindDefinition,
  namespace: string | undefined,
  selection: SelectionTest,
  options: ListOptions,
): Promise<DocumentList> {
  const prefix = namespace === undefined ? kindPrefix(kind) : namespacePrefix(kind, namespace);
  const token = options.continue ? readContinueToken(options.continue, prefix) : undefined;
  if (token && options.resourceVersion && options.resourceVersion !== '0') {
    throw new StatusFailure('BadRequest', 'specifying resource version is not allowed when using continue');
  }
  const limit = options.limit && options.limit > 0 ? options.limit : Number.POSITIVE_INFINITY;
  const query = { kind, namespace, selection, limit, after: token?.after ?? '' };
  const hub = await engine.hubs.live(kind);
  const at = token?.revision ?? (await revisionToShow(engine, options));
  const known = at === undefined || (hub.lastChange <= at && at <= engine.feed.revision);
  if (!known && engine.hubs.derived(kind)) throw expired();
  const revision = at ?? engine.feed.revision;
  const page = known ? await pageOfHub(engine, hub, query) : await pageOfStore(engine, query, revision);
  return {
    kind,
    documents: page.documents,
    resourceVersion: String(revision),
    ...(page.lastKey !== undefined && { continue: writeContinueToken({ revision, after: page.lastKey }) }),
    // With a selector nobody knows how many of the rest will match.
    ...(page.lastKey !== undefined && !selection.matches && { remainingItemCount: page.remaining }),
  };
}

/**
 * The revision that a list must show exactly, or undefined for "as the caches stand", which by then are as
 * fresh as was asked for.
 */
async function revisionToShow(engine: Engine, options: ListOptions): Promise<number | undefined> {
  const { resourceVersion = '', resourceVersionMatch } = options;
  if (resourceVersionMatch && resourceVersion === '') {
    throw new StatusFailure('BadRequest', 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (resourceVersion === '') {
    await engine.current();
    return undefined;
  }
  const revision = readRevision(resourceVersion);
  if (revision === 0) {
    if (resourceVersionMatch === 'Exact') {
      throw new StatusFailure('BadRequest', 'resourceVersionMatch "Exact" is forbidden for resourceVersion "0"');
    }
    return undefined;
  }
  if (revision > engine.feed.revision) await engine.current();
  if (revision > engine.feed.revision) throw tooLarge(revision, engine.feed.revision);
  const exact = resourceVersionMatch === 'Exact' || (!resourceVersionMatch && (options.limit ?? 0) > 0);
  return exact ? revision : undefined;
}

/** Throws `BadRequest` for what is no version. */
export function readRevision(text: string): number {
  const revision = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(revision)) return revision;
  throw new StatusFailure(
    'BadRequest',
    `Invalid value: ${JSON.stringify(text)}: resourceVersion must be a version that the server gave`,
  );
}

export function tooLarge(revision: number, current: number): StatusFailure {
  return new StatusFailure('Timeout', `Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'UnexpectedServerResponse', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** Objects that are looked at without letting others run. */
const SLICE = 500;

async function pageOfHub(engine: Engine, hub: KindHub, query: Query): Promise<Page> {
  const { namespace, selection, after, limit } = query;
  const { matches } = selection;
  if (!matches) {
    const prefix = namespace === undefined ? kindPrefix(query.kind) : namespacePrefix(query.kind, namespace);
    const { documents, remaining } = hub.cache.page(prefix, after, limit);
    return { documents, ...(remaining > 0 && { lastKey: keyOf(query.kind, documents.at(-1)) }), remaining };
  }
  const candidates = hub.candidates(namespace, selection, after);
  const documents: Document[] = [];
  for (const [index, document] of candidates.entries()) {
    if (index % SLICE === SLICE - 1) await engine.options.breathe?.();
    if (!matches(document.object)) continue;
    if (documents.length === limit) return { documents, lastKey: keyOf(query.kind, documents.at(-1)), remaining: 0 };
    documents.push(document);
  }
  return { documents, remaining: 0 };
}

function keyOf(kind: KindDefinition, document: Document | undefined): string {
  const { namespace, name } = (document as Document).object.metadata;
  return documentKey(kind, namespace, name);
}

/** A page as things stood earlier: the store remembers. */
async function pageOfStore(engine: Engine, query: Query, revision: number): Promise<Page> {
  const { kind, namespace, limit } = query;
  const { matches } = query.selection;
  const prefix = namespace === undefined ? kindPrefix(kind) : namespacePrefix(kind, namespace);
  const documents: Document[] = [];
  for (let after = query.after; ; ) {
    const listing = await engine.store
      .list(prefix, { at: revision, ...(after !== '' && { after }), ...(Number.isFinite(limit) && { limit }) })
      .catch((error: unknown) => {
        throw storeFailure(error);
      });
    for (const [index, entry] of listing.entries.entries()) {
      after = entry.key;
      const document = documentOf(kind, entry);
      if (matches && !matches(document.object)) continue;
      documents.push(document);
      const remaining = listing.remaining + listing.entries.length - index - 1;
      if (documents.length === limit && remaining > 0) return { documents, lastKey: after, remaining };
    }
    if (listing.remaining === 0) return { documents, remaining: 0 };
  }
}
