import {
  type Address,
  anyKind,
  apiVersionOf,
  type DeleteOptions,
  type HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerV1,
  horizontalFromV1,
  horizontalPodAutoscalerV1,
  horizontalToV1,
  type KindDefinition,
  type KubeObject,
  type ListOptions,
  type Patch,
  StatusFailure,
  type WatchOptions,
} from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { SharedEvent } from '../documents/events.ts';
import { objectSchema } from '../patch/index.ts';
import { createDocument } from './create.ts';
import { deleteDocument } from './delete.ts';
import type { Engine } from './engine.ts';
import type {
  Caller,
  Deleted,
  DocumentEvent,
  DocumentList,
  DocumentWatch,
  DocumentWriteOptions,
  Written,
} from './operations.ts';
import { patchedValue } from './patch.ts';
import { getDocument, listDocuments } from './read.ts';
import { readObject } from './read-object.ts';
import { updateDocument } from './update.ts';
import { watchDocuments } from './watch.ts';

/** A version of a kind that is stored as another one, and how one is made of the other. */
interface OlderVersion {
  readonly kind: ReturnType<typeof anyKind>;
  readonly storedAs: string;
  /** `before`: what is stored, which says more than the older form can. */
  readonly toStored: (object: KubeObject, before?: KubeObject) => KubeObject;
  readonly fromStored: (object: KubeObject) => KubeObject;
}

const versions: readonly OlderVersion[] = [
  {
    kind: anyKind(horizontalPodAutoscalerV1),
    storedAs: 'v2',
    toStored: (object, before) =>
      horizontalFromV1(object as HorizontalPodAutoscalerV1, before as HorizontalPodAutoscaler | undefined),
    fromStored: (object) => horizontalToV1(object as HorizontalPodAutoscaler),
  },
];

/** The older version that an address means; undefined for all others. */
export function olderVersionOf({ group, version, plural, subresource }: Address): OlderVersion | undefined {
  if (subresource !== undefined) return undefined;
  return versions.find(({ kind }) => kind.group === group && kind.version === version && kind.plural === plural);
}

const stored = (address: Address, { storedAs }: OlderVersion): Address => ({ ...address, version: storedAs });

const shown = ({ object }: Document, { fromStored }: OlderVersion): Document => Document.answer(fromStored(object));

export async function createOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  value: unknown,
  options: DocumentWriteOptions = {},
): Promise<Written> {
  engine.kindFor(address, 'create');
  const object = older.toStored(readObject(caller, older.kind, address, value, options) as KubeObject);
  const { document, ...rest } = await createDocument(engine, caller, stored(address, older), object, options);
  return { ...rest, document: shown(document, older) };
}

export async function getOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
): Promise<Document> {
  return shown(await getDocument(engine, caller, stored(address, older)), older);
}

export async function listOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  options?: ListOptions,
): Promise<DocumentList> {
  const kind = engine.kindFor(address, 'list');
  const list = await listDocuments(engine, caller, stored(address, older), options);
  return { ...list, kind, documents: list.documents.map((document) => shown(document, older)) };
}

export async function watchOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<DocumentWatch> {
  const kind = engine.kindFor(address, 'watch');
  const watch = await watchDocuments(engine, caller, stored(address, older), options, signal);
  const seen = ({ type, document }: DocumentEvent): DocumentEvent =>
    new SharedEvent(type, type === 'BOOKMARK' ? bookmarkAs(kind, document) : shown(document, older));
  return {
    kind,
    drain: () => watch.drain().map(seen),
    async *[Symbol.asyncIterator]() {
      for await (const event of watch) yield seen(event);
    },
  };
}

/** Bookmarks hold a version and nothing that could be written in another way. */
function bookmarkAs(kind: KindDefinition, { object }: Document): Document {
  return Document.answer({ ...object, apiVersion: apiVersionOf(kind) });
}

/** What the older form cannot say stays as it is stored. */
export async function updateOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  value: unknown,
  options: DocumentWriteOptions = {},
): Promise<Written> {
  engine.kindFor(address, 'update');
  const before = await getDocument(engine, caller, stored(address, older));
  const object = readObject(caller, older.kind, address, value, options) as KubeObject;
  const next = older.toStored(object, before.object);
  const { document, ...rest } = await updateDocument(engine, caller, stored(address, older), next, options);
  return { ...rest, document: shown(document, older) };
}

export async function patchOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  patch: Patch,
  options?: DocumentWriteOptions,
): Promise<Written> {
  const kind = engine.kindFor(address, 'patch');
  if (patch.type === 'apply') {
    const { group } = older.kind;
    throw new StatusFailure('MethodNotAllowed', `server-side apply is for ${group}/${older.storedAs}`);
  }
  const before = await getOlder(engine, caller, address, older);
  const value = patchedValue(before.object, patch, objectSchema(kind));
  return updateOlder(engine, caller, address, older, value, options);
}

export async function deleteOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
  options?: DeleteOptions,
): Promise<Deleted> {
  engine.kindFor(address, 'delete');
  const deleted = await deleteDocument(engine, caller, stored(address, older), options);
  return { ...deleted, document: shown(deleted.document, older) };
}
