import type { ManagedFieldsEntry } from '@godwit/kinds';
import { difference, type FieldSet, intersection, readFieldSet, sameSet, union, withoutTrees } from './field-set.ts';
import type { Difference } from './fields-of.ts';
import { sharedFieldSet } from './shared-field-sets.ts';

/** Who changes an object: a name, the way in which he does it, and through which subresource. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string;
}

/** One manager's fields, as an entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: Manager;
  readonly apiVersion: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Entries of updates that are kept apart; older ones are put together. As in Kubernetes. */
const UPDATE_MANAGERS_LIMIT = 10;
const ANCIENT = 'ancient-changes';

/** The entries that are stored with an object: they are as `writeManagers` wrote them. */
export function storedManagers(entries: readonly ManagedFieldsEntry[] | undefined): readonly ManagedFields[] {
  return (entries ?? []).map((entry) => ({
    manager: {
      name: entry.manager ?? '',
      operation: entry.operation as Manager['operation'],
      subresource: entry.subresource ?? '',
    },
    apiVersion: entry.apiVersion ?? '',
    time: entry.time,
    fields: (entry.fieldsV1 ?? {}) as FieldSet,
  }));
}

/** Reads entries that somebody sent; undefined when one of them is none. */
export function readManagers(entries: readonly ManagedFieldsEntry[]): readonly ManagedFields[] | undefined {
  const managers: ManagedFields[] = [];
  for (const entry of entries) {
    const fields = readFieldSet(entry.fieldsV1 ?? {});
    const { operation } = entry;
    if (!fields || (operation !== 'Apply' && operation !== 'Update')) return undefined;
    if (Object.keys(fields).length === 0) continue;
    managers.push({
      manager: { name: entry.manager ?? '', operation, subresource: entry.subresource ?? '' },
      apiVersion: entry.apiVersion ?? '',
      time: entry.time,
      fields,
    });
  }
  return managers;
}

/** In Kubernetes' order: applies before updates, then by time, then by name. */
export function writeManagers(managers: readonly ManagedFields[]): readonly ManagedFieldsEntry[] {
  const sorted = [...managers].sort(
    (a, b) =>
      compareText(a.manager.operation, b.manager.operation) ||
      compareText(a.time ?? '', b.time ?? '') ||
      compareText(a.manager.name, b.manager.name) ||
      compareText(a.manager.subresource, b.manager.subresource),
  );
  return sorted.map(({ manager, apiVersion, time, fields }) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sharedFieldSet(fields),
    ...(manager.subresource !== '' && { subresource: manager.subresource }),
  }));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sameManager(a: Manager, b: Manager): boolean {
  return a.name === b.name && a.operation === b.operation && a.subresource === b.subresource;
}

export interface Change {
  readonly manager: Manager;
  readonly apiVersion: string;
  readonly time: string;
}

/**
 * After an update: who made it manages what it changed, and nobody else does any more. Fields that are gone
 * are managed by nobody.
 */
export function trackUpdate(
  managers: readonly ManagedFields[],
  { manager, apiVersion, time }: Change,
  { changed, removed }: Difference,
): readonly ManagedFields[] {
  if (!changed && !removed) return managers;
  const own = managers.find((entry) => sameManager(entry.manager, manager));
  const others = without(managers, manager, changed, removed);
  const fields = union(withoutTrees(own?.fields, removed), changed);
  if (!fields) return others;
  return capped([...others, { manager, apiVersion, time, fields }]);
}

/** After an apply: the manager has exactly `fields`; who else had what it changed or removed loses that. */
export function trackApply(
  managers: readonly ManagedFields[],
  { manager, apiVersion, time }: Change,
  fields: FieldSet | undefined,
  { changed, removed }: Difference,
): readonly ManagedFields[] {
  const own = managers.find((entry) => sameManager(entry.manager, manager));
  const others = without(managers, manager, changed, removed);
  if (!fields) return others;
  const unchanged = own && !changed && !removed && sameSet(own.fields, fields) && own.apiVersion === apiVersion;
  return [...others, unchanged ? own : { manager, apiVersion, time, fields }];
}

function without(
  managers: readonly ManagedFields[],
  manager: Manager,
  changed: FieldSet | undefined,
  removed: FieldSet | undefined,
): readonly ManagedFields[] {
  const others: ManagedFields[] = [];
  for (const entry of managers) {
    if (sameManager(entry.manager, manager)) continue;
    const fields = difference(withoutTrees(entry.fields, removed), changed);
    if (fields === entry.fields) others.push(entry);
    else if (fields) others.push({ ...entry, fields });
  }
  return others;
}

/** Puts the oldest updates together where there are too many to keep apart. */
function capped(managers: readonly ManagedFields[]): readonly ManagedFields[] {
  const updates = managers.filter(({ manager }) => manager.operation === 'Update');
  if (updates.length <= UPDATE_MANAGERS_LIMIT) return managers;
  updates.sort((a, b) => compareText(a.time ?? '', b.time ?? ''));
  const old = new Set(updates.slice(0, updates.length - UPDATE_MANAGERS_LIMIT + 1));
  const [first] = old;
  const together: ManagedFields = {
    ...(first as ManagedFields),
    manager: { name: ANCIENT, operation: 'Update', subresource: '' },
    fields: [...old].reduce<FieldSet | undefined>((sum, entry) => union(sum, entry.fields), undefined) ?? {},
  };
  return [...managers.filter((entry) => !old.has(entry)), together];
}

/** Fields that an apply would change and others manage, by manager. */
export function conflictsWith(
  managers: readonly ManagedFields[],
  manager: Manager,
  { changed }: Difference,
): readonly ManagedFields[] {
  const conflicts: ManagedFields[] = [];
  for (const entry of managers) {
    if (sameManager(entry.manager, manager)) continue;
    const fields = intersection(entry.fields, changed);
    if (fields) conflicts.push({ ...entry, fields });
  }
  return conflicts;
}
