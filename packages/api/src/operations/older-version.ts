import {
  type Address,
  anyKind,
  type HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerV1,
  horizontalFromV1,
  horizontalPodAutoscalerV1,
  horizontalToV1,
  type KubeObject,
} from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { createDocument } from './create.ts';
import type { Engine } from './engine.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { getDocument } from './read.ts';
import { readObject } from './read-object.ts';

/** A version of a kind that is stored as another one, and how one is made of the other. */
interface OlderVersion {
  readonly kind: ReturnType<typeof anyKind>;
  readonly storedAs: string;
  readonly toStored: (object: KubeObject) => KubeObject;
  readonly fromStored: (object: KubeObject) => KubeObject;
}

const versions: readonly OlderVersion[] = [
  {
    kind: anyKind(horizontalPodAutoscalerV1),
    storedAs: 'v2',
    toStored: (object) => horizontalFromV1(object as HorizontalPodAutoscalerV1),
    fromStored: (object) => horizontalToV1(object as HorizontalPodAutoscaler),
  },
];

/** The older version that an address means; undefined for all others. */
export function olderVersionOf({ group, version, plural, subresource }: Address): OlderVersion | undefined {
  if (subresource !== undefined) return undefined;
  return versions.find(({ kind }) => kind.group === group && kind.version === version && kind.plural === plural);
}

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
  const stored = { ...address, version: older.storedAs };
  const { document, ...rest } = await createDocument(engine, caller, stored, object, options);
  return { ...rest, document: Document.answer(older.fromStored(document.object)) };
}

export async function getOlder(
  engine: Engine,
  caller: Caller,
  address: Address,
  older: OlderVersion,
): Promise<Document> {
  const document = await getDocument(engine, caller, { ...address, version: older.storedAs });
  return Document.answer(older.fromStored(document.object));
}
