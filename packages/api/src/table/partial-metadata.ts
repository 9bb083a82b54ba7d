import type { KubeObject, ObjectMeta } from '@godwit/kinds';
import type { Document } from '../documents/document.ts';
import { chunksOf, type ListMeta } from '../http/list-body.ts';
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

export function* metadataChunks(version: string, documents: readonly Document[], meta: ListMeta): Generator<string> {
  const head = `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(meta)},"items":[`;
  yield* chunksOf(head, documents, (document) => JSON.stringify(metadataOnly(document.object, version)), ']}\n');
}

export function metadataLine(version: string, event: DocumentEvent): Uint8Array {
  return event.memo(`metadata ${version}`, () =>
    eventLine(event.type, JSON.stringify(metadataOnly(event.document.object, version))),
  );
}
