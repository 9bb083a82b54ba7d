import { type Address, type Cause, type Draft, type KindDefinition, type KubeObject } from '@godwit/kinds';
import { Document } from '../documents/document.ts';
import { equalJson, hasEntries, type JsonObject, shareJson, valuesAt } from '../documents/json.ts';
import { documentKey } from '../documents/keys.ts';
import { conflict, forbidden, invalid, metadataCauses, modified, quoted } from '../validation/index.ts';
import { type Attempt, untilWritten } from './attempt.ts';
import { createDocument } from './create.ts';
import type { Engine } from './engine.ts';
import { entriesOfUpdate, managerOf } from './managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from './operations.ts';
import { answerIn, readForStore, targetOf } from './write-form.ts';

/** PUT: the object as a whole, or with subresource `status` its status. */
export async function updateDocument(
  engine: Engine,
  caller: Caller,
  address: Address,
  value: unknown,
  options: DocumentWriteOptions = {},
): Promise<Written> {
  const kind = engine.kindFor(address, 'update');
  engine.authorizeAddress(caller, 'update', address);
  const { name = '', namespace, subresource = '' } = address;
  if (kind.group === 'coordination.k8s.io' && subresource === '' && !(await engine.stored(kind, namespace, name))) {
    // Leases may be made by writing them: who holds one need not know whether it exists.
    const { name: _, ...collection } = address;
    return createDocument(
      engine,
      caller,
      collection,
      { ...(value as object), metadata: placedMetadata(value, address) },
      options,
    );
  }
  const manager = managerOf(caller, options.fieldManager, 'Update', subresource);
  const target = targetOf(kind, address);
  const writing = changeObject(engine, caller, target.kind, target.address, options, ({ object: current }, again) => {
    const known = unchangeable(target.kind, subresource, current);
    const reader = again ? { user: caller.user } : caller;
    const object = readForStore(reader, kind, address, value, { ...options, known }, current);
    const sent = object.metadata.managedFields;
    return {
      object,
      manage: (old, final, time) => entriesOfUpdate(target.kind, old, final, sent, manager, time),
      resourceVersion: object.metadata.resourceVersion ?? '',
      uid: object.metadata.uid ?? current.metadata.uid,
    };
  });
  return answerIn(kind, writing);
}

/** What a write through this way in never changes of a stored object, in place: the part that it may share. */
export function unchangeable(kind: KindDefinition, subresource: string, object: KubeObject): object {
  if (subresource === 'status') return object;
  const { managedFields } = object.metadata;
  const { status } = object as { readonly status?: unknown };
  return { metadata: { managedFields }, ...(kind.subresources.status && subresource !== 'binding' && { status }) };
}

function placedMetadata(value: unknown, { name, namespace }: Address): object {
  return { ...(value as Partial<KubeObject> | undefined)?.metadata, name, namespace };
}

/** What somebody wants an existing object to become. */
export interface ChangedObject {
  readonly object: Draft<KubeObject>;
  readonly manage: (old: KubeObject, object: KubeObject, time: string) => readonly object[];
  /** The version that the change was made for; empty: whatever there is. */
  readonly resourceVersion: string;
  readonly uid: string;
}

/**
 * Changes an object: `make` says, from what is there, what shall be. Tried again when it changed meanwhile,
 * unless the change was made for one version.
 */
export async function changeObject(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  options: DocumentWriteOptions,
  make: (current: Document, again: boolean) => ChangedObject,
): Promise<Written> {
  const { name = '', namespace } = address;
  const key = documentKey(kind, namespace, name);
  return untilWritten(
    engine,
    caller,
    options.dryRun ?? false,
    async (attempt, tries) => {
      const current = await engine.existing(kind, namespace, name);
      const change = make(current, tries > 0);
      checkVersion(kind, name, current, change);
      const next = await nextVersion(engine, attempt, kind, address, current, change);
      if (!next) return { document: current, created: false };
      const gone = isReadyToGo(next);
      if (gone)
        await attempt.release({
          operation: 'delete',
          address,
          kind,
          object: next as Draft<KubeObject>,
          old: current.object,
        });
      const document = Document.draft(next);
      attempt.append({ key, body: gone ? null : document, previous: current.revision });
      const end = await attempt.commit();
      return typeof end === 'number' ? { document: document.at(end || current.revision), created: false } : undefined;
    },
    () => modified(kind, name),
  );
}

function checkVersion(kind: KindDefinition, name: string, current: Document, change: ChangedObject): void {
  const { uid } = current.object.metadata;
  if (change.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${change.uid}, UID in object meta: ${uid}`;
    throw conflict(kind, name, why);
  }
  if (change.resourceVersion !== '' && change.resourceVersion !== String(current.revision)) throw modified(kind, name);
}

/** The object that is to be stored, or undefined when nothing would change. */
async function nextVersion(
  engine: Engine,
  attempt: Attempt,
  kind: KindDefinition,
  address: Address,
  current: Document,
  { object: wanted, manage }: ChangedObject,
): Promise<KubeObject | undefined> {
  const old = current.object as KubeObject;
  const object = combined(kind, address.subresource, old, wanted);
  // A write of status shares its spec with what is stored, and that has its defaults.
  if (address.subresource !== 'status') kind.defaults?.(object);
  await attempt.admit({ operation: 'update', address, kind, object, old });
  checkChange(kind, address, old, object);
  shareParts(old, object);
  const now = engine.now();
  const bodyChanged = !equalBodies(kind, old, object);
  if (kind.hasGeneration && bodyChanged) object.metadata.generation = (old.metadata.generation ?? 0) + 1;
  const before = old.metadata.managedFields ?? [];
  const managedFields = manage(old, object, now);
  // Only the times of entries have changed when nothing else has: that is no change.
  if (equalJson(withoutBookkeeping(old), withoutBookkeeping(object)) && sameEntries(before, managedFields)) {
    return undefined;
  }
  if (managedFields.length > 0) object.metadata.managedFields = managedFields as never;
  else delete object.metadata.managedFields;
  return object;
}

/** What the client may set from what he sent, the rest from what is stored. */
function combined(
  kind: KindDefinition,
  subresource: string | undefined,
  old: KubeObject,
  wanted: Draft<KubeObject>,
): Draft<KubeObject> {
  const { managedFields: _managers, resourceVersion: _version, ...stored } = old.metadata as JsonObject;
  if (subresource === 'status') {
    const { metadata: _metadata, ...rest } = old;
    return { ...rest, metadata: stored, status: (wanted as { status?: unknown }).status } as Draft<KubeObject>;
  }
  const { labels, annotations, ownerReferences, finalizers } = wanted.metadata;
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, ...identity } = stored;
  const metadata = {
    ...identity,
    ...(hasEntries(labels) && { labels }),
    ...(hasEntries(annotations) && { annotations }),
    ...(ownerReferences && { ownerReferences }),
    ...(finalizers && finalizers.length > 0 && { finalizers }),
  };
  const object = { ...wanted, metadata } as Draft<KubeObject> & { status?: unknown };
  if (!kind.subresources.status || subresource === 'binding') return object;
  delete object.status;
  const { status } = old as { status?: unknown };
  return status === undefined ? object : ({ ...object, status } as Draft<KubeObject>);
}

function checkChange(kind: KindDefinition, address: Address, old: KubeObject, object: KubeObject): void {
  const name = address.name ?? '';
  const added = addedFinalizers(old, object);
  if (old.metadata.deletionTimestamp && added.length > 0) {
    const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${quoted(added)}`;
    throw forbidden(kind, name, message, [{ reason: 'FieldValueForbidden', field: 'metadata.finalizers', message }]);
  }
  const causes: Cause[] = [...metadataCauses(kind, object.metadata, old.metadata)];
  for (const path of kind.immutable) {
    const steps = path.split('.');
    if (equalJson(valuesAt(old, steps), valuesAt(object, steps))) continue;
    const [value] = valuesAt(object, steps);
    causes.push({
      reason: 'FieldValueInvalid',
      field: path,
      message: `Invalid value: ${quoted(value)}: field is immutable`,
    });
  }
  causes.push(...(kind.validate?.(object, validationContext(old, address.subresource)) ?? []));
  if (causes.length > 0) throw invalid(kind, name, causes);
}

function validationContext(old: KubeObject, subresource: string | undefined) {
  return { old: old as never, ...(subresource !== undefined && { subresource }) };
}

function addedFinalizers(old: KubeObject, object: KubeObject): readonly string[] {
  const known = new Set(old.metadata.finalizers);
  return (object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer));
}

/** Makes the parts of a new version that have not changed those of the old one. */
function shareParts(old: KubeObject, object: Draft<KubeObject>): void {
  const before = old as unknown as JsonObject;
  const after = object as unknown as JsonObject;
  for (const name in after) if (name !== 'metadata') after[name] = shareJson(before[name], after[name]);
  const metadata = after.metadata as JsonObject;
  for (const name in metadata) metadata[name] = shareJson((before.metadata as JsonObject)[name], metadata[name]);
}

/** Whether everything but metadata and status is the same. */
function equalBodies(kind: KindDefinition, old: KubeObject, object: KubeObject): boolean {
  const { metadata: _m, status: oldStatus, ...oldBody } = old as KubeObject & { status?: unknown };
  const { metadata: _n, status, ...body } = object as KubeObject & { status?: unknown };
  return equalJson(oldBody, body) && (kind.subresources.status || equalJson(oldStatus, status));
}

function withoutBookkeeping(object: KubeObject): KubeObject {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = object.metadata as JsonObject;
  return { ...object, metadata };
}

function sameEntries(before: readonly object[], after: readonly object[]): boolean {
  return equalJson(untimed(before), untimed(after));
}

function untimed(entries: readonly object[]): readonly string[] {
  return entries.map((entry) => JSON.stringify({ ...entry, time: undefined })).sort();
}

/** Marked for deletion, and nobody has anything left to do for it. */
export function isReadyToGo(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  return !!deletionTimestamp && deletionGracePeriodSeconds === 0 && finalizers.length === 0 && !holdsNamespace(object);
}

/** A namespace also waits for the finalizers of its spec. */
export function holdsNamespace(object: KubeObject): boolean {
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return false;
  return ((object as { spec?: { finalizers?: readonly string[] } }).spec?.finalizers?.length ?? 0) > 0;
}
