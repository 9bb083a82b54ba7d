import { apiVersionOf, type KindDefinition, type KubeObject, type ManagedFieldsEntry } from '@godwit/kinds';
import {
  compareFields,
  type Difference,
  fieldsOf,
  type ManagedFields,
  type Manager,
  managedPart,
  objectSchema,
  readManagers,
  resetsManagers,
  storedManagers,
  trackUpdate,
  writeManagers,
} from '../patch/index.ts';
import type { Caller } from './operations.ts';

/** Who a write counts as, for the management of fields. */
export function managerOf(
  caller: Caller,
  fieldManager: string | undefined,
  operation: Manager['operation'],
  subresource = '',
): Manager {
  return { name: fieldManager || caller.agent || 'unknown', operation, subresource };
}

type Part = 'status' | 'all' | 'all-but-status';

/** The part of an object that a write through this way in can change. */
export function writablePart(kind: KindDefinition, subresource: string): Part {
  if (subresource === 'status') return 'status';
  return kind.subresources.status ? 'all-but-status' : 'all';
}

/** In what two versions of an object differ, of that which somebody can manage. */
export function managedDifference(kind: KindDefinition, old: KubeObject, object: KubeObject): Difference {
  const { changed, removed } = compareFields(old, object, objectSchema(kind));
  return { changed: managedPart(changed, 'all'), removed: managedPart(removed, 'all') };
}

/** Entries for a new object: everything in it belongs to who made it. */
export function entriesOfNew(
  kind: KindDefinition,
  object: KubeObject,
  manager: Manager,
  time: string,
): readonly ManagedFieldsEntry[] {
  if (resetsManagers(object.metadata.managedFields)) return [];
  const fields = managedPart(fieldsOf(object, objectSchema(kind)), 'all');
  return fields ? writeManagers([{ manager, apiVersion: apiVersionOf(kind), time, fields }]) : [];
}

/**
 * Entries after an update. What the client sent counts where it is sound, so that tools can hand fields over;
 * a single empty entry makes everything be forgotten.
 */
export function entriesOfUpdate(
  kind: KindDefinition,
  old: KubeObject,
  object: KubeObject,
  sent: unknown,
  manager: Manager,
  time: string,
): readonly ManagedFieldsEntry[] {
  if (resetsManagers(sent)) return [];
  const known = managersBefore(old, sent, manager.subresource !== '');
  const difference = managedDifference(kind, old, object);
  return writeManagers(trackUpdate(known, { manager, apiVersion: apiVersionOf(kind), time }, difference));
}

export function managersBefore(old: KubeObject, sent: unknown, throughSubresource: boolean): readonly ManagedFields[] {
  const own = sent !== old.metadata.managedFields;
  const asked = own && Array.isArray(sent) && sent.length > 0 && !throughSubresource ? readManagers(sent) : undefined;
  return asked ?? storedManagers(old.metadata.managedFields);
}
