import {
  type Address,
  type Draft,
  type KindDefinition,
  type KubeObject,
  type ObjectMeta,
  StatusFailure,
} from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { hasEntries } from '../documents/json.ts';
import { documentKey } from '../documents/keys.ts';
import { alreadyExists, conflict, invalid, metadataCauses } from '../validation/index.ts';
import { type Attempt, untilWritten } from './attempt.ts';
import type { Engine } from './engine.ts';
import { entriesOfNew, managerOf } from './managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { nameOf } from './read-object.ts';
import { answerIn, readForStore, targetOf } from './write-form.ts';

/** Names of 63 characters fit everywhere; five of them are the generated ones. */
const GENERATED_PREFIX_LENGTH = 58;

export async function createDocument(
  engine: Engine,
  caller: Caller,
  address: Address,
  value: unknown,
  options: DocumentWriteOptions = {},
): Promise<Written> {
  const kind = engine.kindFor(address, 'create');
  const place = placed(kind, address, value);
  engine.authorizeAddress(caller, 'create', { ...place, name: undefined as never });
  const manager = managerOf(caller, options.fieldManager, 'Update');
  const target = targetOf(kind, place);
  const writing = createObject(engine, caller, target.kind, target.address, options, (again) => {
    const object = readForStore(again ? { user: caller.user } : caller, kind, place, value, options);
    return { object, manage: (final, time) => entriesOfNew(target.kind, final, manager, time) };
  });
  return answerIn(kind, writing);
}

/** In process the namespace may be said by the object alone. */
function placed(kind: KindDefinition, address: Address, value: unknown): Address {
  if (!kind.namespaced || address.namespace !== undefined) return address;
  const namespace = (value as Partial<KubeObject> | undefined)?.metadata?.namespace;
  return namespace ? { ...address, namespace } : address;
}

export interface NewObject {
  readonly object: Draft<KubeObject>;
  /** The entries of `managedFields` once the object is final. */
  readonly manage: (object: KubeObject, time: string) => readonly object[];
}

/** Stores a new object. `make` gives a fresh private copy for each try. */
export async function createObject(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  options: DocumentWriteOptions,
  make: (again: boolean) => NewObject,
): Promise<Written> {
  const dryRun = options.dryRun ?? false;
  let name = '';
  return untilWritten(
    engine,
    caller,
    dryRun,
    async (attempt, tries) => {
      const { object, manage } = make(tries > 0);
      const generated = !object.metadata.name && !!object.metadata.generateName;
      if (generated) object.metadata.name = generatedName(engine, object.metadata.generateName as string);
      name = nameOf(object);
      const document = await prepare(engine, attempt, kind, address, object, manage);
      const key = documentKey(kind, object.metadata.namespace, name);
      if (dryRun && (await engine.store.get(key))) throw alreadyExists(kind, name);
      attempt.append({ key, body: document, previous: 0 });
      const end = await attempt.commit();
      if (typeof end === 'number') return { document: document.at(end), created: true };
      if (end.key === key && !generated) throw alreadyExists(kind, name);
      return undefined;
    },
    () => conflict(kind, name, 'too many others are changing what it depends on; please try again'),
  );
}

function generatedName(engine: Engine, prefix: string): string {
  return prefix.slice(0, GENERATED_PREFIX_LENGTH) + engine.world.ids.suffix(5);
}

async function prepare(
  engine: Engine,
  attempt: Attempt,
  kind: KindDefinition,
  address: Address,
  object: Draft<KubeObject>,
  manage: NewObject['manage'],
): Promise<Document> {
  const { metadata } = object;
  const { name = '', namespace } = metadata;
  if (metadata.resourceVersion) {
    throw new StatusFailure('BadRequest', 'resourceVersion should not be set on objects to be created');
  }
  if (kind.subresources.status) delete (object as { status?: unknown }).status;
  const now = engine.now();
  const sent = metadata.managedFields;
  // Who has no uid yet is new: defaults know by that.
  object.metadata = newMetadata(metadata);
  const at = { ...address, name, ...(namespace !== undefined && { namespace }) };
  attempt.prepare({ operation: 'create', address: at, kind, object });
  kind.defaults?.(object);
  Object.assign(object.metadata, {
    uid: engine.world.ids.uuid(),
    ...(kind.hasGeneration && { generation: 1 }),
    creationTimestamp: now,
  });
  await attempt.admit({ operation: 'create', address: at, kind, object });
  const causes = [...metadataCauses(kind, object.metadata), ...(kind.validate?.(object, {}) ?? [])];
  if (causes.length > 0) throw invalid(kind, name, causes);
  const seen = sent ? { ...object, metadata: { ...object.metadata, managedFields: sent } } : object;
  const managedFields = manage(seen, now);
  if (managedFields.length > 0) object.metadata.managedFields = managedFields as never;
  return Document.draft(object);
}

/** Of what a client sent, what a client may say. */
function newMetadata(sent: Draft<ObjectMeta>): Draft<ObjectMeta> {
  const { generateName, name, namespace, labels, annotations, ownerReferences, finalizers } = sent;
  return {
    ...(name !== undefined && { name }),
    ...(generateName !== undefined && { generateName }),
    ...(namespace !== undefined && { namespace }),
    ...(hasEntries(labels) && { labels }),
    ...(hasEntries(annotations) && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && { finalizers }),
  };
}
