import { timestamp } from '@godwit/base';
import {
  type Address,
  type DeleteOptions,
  type Draft,
  type KindDefinition,
  type KubeObject,
  type ListOptions,
  type Status,
  StatusFailure,
} from '@godwit/kinds';
import type { Write } from '@godwit/store';
import { Document } from '../documents/document.ts';
import { inForm } from '../documents/form.ts';
import { documentKey } from '../documents/keys.ts';
import { readSelection } from '../documents/selection.ts';
import { conflict, detailsOf, modified } from '../validation/index.ts';
import { type Attempt, untilWritten } from './attempt.ts';
import type { Engine } from './engine.ts';
import type { Caller, Deleted, DocumentList } from './operations.ts';
import { selectDocuments } from './read.ts';
import { holdsNamespace } from './update.ts';
import { targetOf, toldOf } from './write-form.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

export async function deleteDocument(
  engine: Engine,
  caller: Caller,
  address: Address,
  options: DeleteOptions = {},
): Promise<Deleted> {
  const kind = engine.kindFor(address, 'delete');
  engine.authorizeAddress(caller, 'delete', address);
  const target = targetOf(kind, address);
  const deleted = await toldOf(kind, deleteObject(engine, caller, target.kind, target.address, options));
  return { ...deleted, document: inForm(kind, deleted.document) };
}

/** What else goes into the batch of a deletion. */
export interface AlsoWritten {
  /** Judged anew at each try: what they depend on may have changed. */
  readonly writes?: (current: Document) => Promise<readonly Write[]>;
  /** On the object that is marked: why it goes. Of one that goes at once nobody could read them. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Deletes or marks, without asking who does it. */
export async function deleteObject(
  engine: Engine,
  caller: Caller,
  kind: KindDefinition,
  address: Address,
  options: DeleteOptions,
  also: AlsoWritten = {},
): Promise<Deleted> {
  const { name = '', namespace } = address;
  const key = documentKey(kind, namespace, name);
  return untilWritten(
    engine,
    caller,
    options.dryRun ?? false,
    async (attempt) => {
      const current = await engine.existing(kind, namespace, name);
      checkPreconditions(kind, name, current, options);
      const old = current.object as KubeObject;
      await attempt.admit({ operation: 'delete', address, kind, object: old as Draft<KubeObject>, old });
      const marked = markedForDeletion(engine, kind, old, options);
      if (marked === old) return { deleted: false, document: current };
      for (const write of (await also.writes?.(current)) ?? []) attempt.append(write);
      return marked
        ? mark(attempt, key, current, withAnnotations(marked, also.annotations))
        : remove(attempt, kind, address, key, current);
    },
    () => modified(kind, name),
  );
}

function withAnnotations(object: KubeObject, more: AlsoWritten['annotations']): KubeObject {
  if (!more) return object;
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...more } } };
}

function checkPreconditions(kind: KindDefinition, name: string, current: Document, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const found = current.object.metadata.uid;
  if (uid !== undefined && uid !== found) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${found}`);
  }
  if (resourceVersion !== undefined && resourceVersion !== String(current.revision)) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${current.revision}`;
    throw conflict(kind, name, why);
  }
}

async function mark(
  attempt: Attempt,
  key: string,
  current: Document,
  marked: KubeObject,
): Promise<Deleted | undefined> {
  const document = Document.draft(marked);
  attempt.append({ key, body: document, previous: current.revision });
  const end = await attempt.commit();
  return typeof end === 'number' ? { deleted: false, document: document.at(end || current.revision) } : undefined;
}

async function remove(
  attempt: Attempt,
  kind: KindDefinition,
  address: Address,
  key: string,
  current: Document,
): Promise<Deleted | undefined> {
  const old = current.object as KubeObject;
  await attempt.release({ operation: 'delete', address, kind, object: old as Draft<KubeObject>, old });
  attempt.append({ key, body: null, previous: current.revision });
  const end = await attempt.commit();
  if (typeof end !== 'number') return undefined;
  return { deleted: true, status: deletedStatus(kind, old), document: current };
}

function deletedStatus(kind: KindDefinition, { metadata }: KubeObject): Status {
  const details = detailsOf(kind, metadata.name ?? '', metadata.uid === undefined ? {} : { uid: metadata.uid });
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 };
}

/**
 * The object with its mark, when it must wait for finalizers or its grace period; the same object when it
 * already waits as asked; undefined when it may go at once.
 */
function markedForDeletion(
  engine: Engine,
  kind: KindDefinition,
  old: KubeObject,
  options: DeleteOptions,
): KubeObject | undefined {
  const finalizers = finalizersFor(old.metadata.finalizers ?? [], options.propagationPolicy);
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = old.metadata;
  const asked = gracePeriodSeconds(kind, old, options);
  // Who is already going may be hurried, never given more time.
  const grace = deletionTimestamp
    ? Math.min(asked ?? deletionGracePeriodSeconds, deletionGracePeriodSeconds)
    : (asked ?? 0);
  if (grace === 0 && finalizers.length === 0 && !holdsNamespace(old)) return undefined;
  const sameFinalizers = finalizers.join() === (old.metadata.finalizers ?? []).join();
  if (deletionTimestamp && grace === deletionGracePeriodSeconds && sameFinalizers) return old;
  const { resourceVersion: _, finalizers: __, ...metadata } = old.metadata;
  const now = engine.world.clock.now();
  const marked: KubeObject = {
    ...old,
    metadata: {
      ...metadata,
      ...(kind.hasGeneration && !deletionTimestamp && { generation: (metadata.generation ?? 0) + 1 }),
      deletionTimestamp: timestamp({ now: () => now + grace * 1000 }),
      deletionGracePeriodSeconds: grace,
      ...(finalizers.length > 0 && { finalizers }),
    },
  };
  if (!holdsNamespace(old)) return marked;
  return { ...marked, status: { ...(old as { status?: object }).status, phase: 'Terminating' } } as KubeObject;
}

function finalizersFor(old: readonly string[], policy: DeleteOptions['propagationPolicy']): readonly string[] {
  if (policy === undefined) return old;
  const others = old.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (policy === 'Orphan') return [...others, ORPHAN];
  return policy === 'Foreground' ? [...others, FOREGROUND] : others;
}

interface PodLike {
  readonly spec?: { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number };
  readonly status?: { readonly phase?: string };
}

/** Seconds that a pod has to end; others go at once. Undefined: nothing was asked of one that is already going. */
function gracePeriodSeconds(kind: KindDefinition, object: KubeObject, options: DeleteOptions): number | undefined {
  if (kind.group !== '' || kind.plural !== 'pods') return undefined;
  const { spec, status } = object as PodLike;
  if (object.metadata.deletionTimestamp) return options.gracePeriodSeconds;
  // Nothing runs of a pod that was never bound, and nothing runs any more of one that has ended.
  if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
  const grace = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

export async function deleteDocuments(
  engine: Engine,
  caller: Caller,
  address: Address,
  selection: ListOptions,
  options: DeleteOptions = {},
): Promise<DocumentList> {
  const kind = engine.kindFor(address, 'deletecollection');
  const test = readSelection(kind, selection);
  engine.authorizeAddress(caller, 'deletecollection', address, test.equalities);
  const list = await selectDocuments(engine, kind, address.namespace, test, selection);
  const target = targetOf(kind, address);
  const documents: Document[] = [];
  for (const document of list.documents) {
    const { namespace, name } = document.object.metadata;
    const at = { ...target.address, name, ...(namespace !== undefined && { namespace }) };
    try {
      const deleted = await deleteObject(engine, caller, target.kind, at, options);
      documents.push(inForm(kind, deleted.document));
    } catch (error) {
      // Somebody else was quicker: what was asked for has happened.
      if (!(error instanceof StatusFailure) || error.reason !== 'NotFound') throw error;
    }
  }
  return { ...list, documents };
}
