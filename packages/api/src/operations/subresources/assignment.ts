import {
  type Address,
  anyKind,
  type Binding,
  binding,
  type KindDefinition,
  type KubeObject,
  StatusFailure,
} from '@godwit/kinds';
import { Document } from '../../documents/document.ts';
import { documentKey } from '../../documents/keys.ts';
import { conflict, detailsOf, modified } from '../../validation/index.ts';
import { allocationKey, roomOn } from '../allocation.ts';
import { type Attempt, untilWritten } from '../attempt.ts';
import type { Engine } from '../engine.ts';
import { entriesOfUpdate, managerOf } from '../managed-fields.ts';
import type { Caller, DocumentWriteOptions, Written } from '../operations.ts';
import { readObject } from '../read-object.ts';

const kindOfBinding = anyKind(binding);

/** A machine that is to be on a node: for good (`binding`) or beside the one that it leaves (`move`). */
export interface Assignment {
  readonly kind: KindDefinition;
  /** The machine's address, with the subresource. */
  readonly place: Address;
  readonly node: string;
  /** What was sent: metadata that it takes over, and preconditions. */
  readonly asked: Binding['metadata'];
  readonly options: DocumentWriteOptions;
}

/** Reads the Binding that was sent for the machine at `place`. Throws `BadRequest` unless it names a node. */
export function readAssignment(
  engine: Engine,
  caller: Caller,
  place: Address,
  object: unknown,
  options: DocumentWriteOptions,
): Assignment {
  const at = { ...place, group: '', version: 'v1', plural: 'bindings' };
  const { metadata: asked, target } = readObject(caller, kindOfBinding, at, object, options) as unknown as Binding;
  if (target.kind !== undefined && target.kind !== 'Node' && target.kind !== 'Minion') {
    throw new StatusFailure('BadRequest', `target.kind: Unsupported value: "${target.kind}": supported values: "Node"`);
  }
  if (!target.name) throw new StatusFailure('BadRequest', 'target.name: Required value');
  return { kind: engine.kinds.at(place), place, node: target.name, asked, options };
}

/** What becomes of the machine. */
export interface AssignedMachine {
  /** Throws `Conflict` for a machine that cannot be assigned. */
  readonly check: (machine: Document) => void;
  /** The machine as it stands once it is assigned; it may add writes to the attempt. */
  readonly assigned: (machine: KubeObject, attempt: Attempt) => KubeObject | Promise<KubeObject>;
}

/**
 * Writes a machine together with the room that it has on its node from then on. Whether it fits is judged by what is
 * there at that time, so nobody else gives room on that node meanwhile.
 */
export async function assign(
  engine: Engine,
  caller: Caller,
  assignment: Assignment,
  { check, assigned }: AssignedMachine,
): Promise<Written> {
  const { kind, place, node, options } = assignment;
  const { namespace, name = '' } = place;
  const manager = managerOf(caller, options.fieldManager, 'Update', place.subresource);
  const release = await engine.locks.acquire(allocationKey(node));
  try {
    return await untilWritten(
      engine,
      caller,
      options.dryRun ?? false,
      async (attempt) => {
        const current = await engine.existing(kind, namespace, name);
        const old: KubeObject = current.object;
        check(current);
        attempt.append(await roomOn(engine, kind, name, node, withAnnotations(old, assignment)));
        const machine = await assigned(old, attempt);
        const managedFields = entriesOfUpdate(kind, old, machine, undefined, manager, engine.now());
        const body = Document.draft({ ...machine, metadata: { ...machine.metadata, managedFields } });
        attempt.append({ key: documentKey(kind, namespace, name), body, previous: current.revision });
        const end = await attempt.commit();
        return typeof end === 'number' ? { document: success(kind, name), created: true } : undefined;
      },
      () => modified(kind, name),
    );
  } finally {
    release();
  }
}

/** The machine with the annotations of the assignment: the decision among them, which says which GPUs it is about. */
export function withAnnotations(machine: KubeObject, { asked }: Assignment): KubeObject {
  const { resourceVersion: _, ...metadata } = machine.metadata;
  return { ...machine, metadata: { ...metadata, annotations: { ...metadata.annotations, ...asked.annotations } } };
}

/** Throws `Conflict` when the assignment was made for another machine of that name. */
export function checkUid({ kind, asked }: Assignment, { metadata: { name = '', uid } }: KubeObject): void {
  if (!asked.uid || asked.uid === uid) return;
  throw conflict(kind, name, `Precondition failed: UID in precondition: ${asked.uid}, UID in object meta: ${uid}`);
}

function success(kind: KindDefinition, name: string): Document {
  const details = detailsOf(kind, name);
  return Document.answer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 201 });
}
