import { apiVersionOf, type KindDefinition } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import type { DocumentList } from '../operations/operations.ts';
import type { ListLayout } from './list-layout.ts';

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

/** A list in pieces, from the documents' own JSON: in the usual layout nothing is parsed or written twice. */
export function listChunks(layout: ListLayout, list: DocumentList): Generator<string> {
  const { kind } = list;
  const fields = { kind: listKind(kind), apiVersion: apiVersionOf(kind), metadata: listMeta(list) };
  return chunksOf(
    layout,
    layout.head(fields, 'items', list.documents.length),
    list.documents,
    (document) => document.json,
  );
}

/** Joins `item`, the JSON that is made of every document, after `head`. */
export function* chunksOf(
  layout: ListLayout,
  head: string,
  documents: readonly Document[],
  item: (document: Document) => string,
): Generator<string> {
  let parts: string[] = [head];
  let size = head.length;
  for (let i = 0; i < documents.length; i++) {
    const text = layout.item(item(documents[i] as Document));
    if (i > 0) parts.push(layout.separator);
    parts.push(text);
    size += text.length;
    if (size < layout.chunk) continue;
    yield parts.join('');
    parts = [];
    size = 0;
  }
  parts.push(layout.tail);
  yield parts.join('');
}
