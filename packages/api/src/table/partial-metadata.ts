import type { KubeObject, ObjectMeta } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import { chunksOf, type ListMeta } from '../http/list-body.ts';
import type { ListLayout } from '../http/list-layout.ts';
import { eventLine } from '../http/watch-body.ts';
import type { DocumentEvent } from '../operations/operations.ts';

export interface PartialMetadata {
  readonly kind: 'PartialObjectMetadata';
  readonly apiVersion: string;
  readonly metadata: ObjectMeta;
}

/** An object without everything but its metadata, as `meta.k8s.io/<version>`. */
export function metadataOnly(object: KubeObject, version: string): PartialMetadata {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata };
}

export function metadataChunks(
  layout: ListLayout,
  version: string,
  documents: readonly Document[],
  metadata: ListMeta,
): Generator<string> {
  const fields = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${version}`, metadata };
  const item = (document: Document) => JSON.stringify(metadataOnly(document.object, version));
  return chunksOf(layout, layout.head(fields, 'items', documents.length), documents, item);
}

export function metadataLine(version: string, event: DocumentEvent): Uint8Array {
  return event.memo(`metadata ${version}`, () =>
    eventLine(event.type, JSON.stringify(metadataOnly(event.document.object, version))),
  );
}
