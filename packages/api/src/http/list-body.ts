import { apiVersionOf, type KindDefinition } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import type { DocumentList } from '../operations/operations.ts';

/** Characters that are joined before they are sent: large enough to be quick, small enough to hold nobody up. */
const CHUNK = 256 * 1024;

/** What stands in `metadata` of every list. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export function listMeta(list: DocumentList): ListMeta {
  return {
    resourceVersion: list.resourceVersion,
    ...(list.continue !== undefined && { continue: list.continue }),
    ...(list.remainingItemCount !== undefined && { remainingItemCount: list.remainingItemCount }),
  };
}

/** The kind of a kind's lists. */
export function listKind(kind: Pick<KindDefinition, 'kind'>): string {
  return `${kind.kind}List`;
}

/** The JSON of a list, in pieces, from the documents' own JSON: nothing is parsed or written twice. */
export function* listChunks(list: DocumentList): Generator<string> {
  const { kind } = list;
  const meta = JSON.stringify(listMeta(list));
  const head = `{"kind":"${listKind(kind)}","apiVersion":"${apiVersionOf(kind)}","metadata":${meta},"items":[`;
  yield* chunksOf(head, list.documents, (document) => document.json, ']}\n');
}

/** Joins `item` of every document with commas between `head` and `tail`. */
export function* chunksOf(
  head: string,
  documents: readonly Document[],
  item: (document: Document) => string,
  tail: string,
): Generator<string> {
  let parts: string[] = [head];
  let size = head.length;
  for (let i = 0; i < documents.length; i++) {
    const text = item(documents[i] as Document);
    if (i > 0) parts.push(',');
    parts.push(text);
    size += text.length;
    if (size < CHUNK) continue;
    yield parts.join('');
    parts = [];
    size = 0;
  }
  parts.push(tail);
  yield parts.join('');
}
