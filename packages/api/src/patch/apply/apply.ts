import { counted } from '@godwit/base';
import { type Cause, type JsonSchema, StatusFailure } from '@godwit/kinds';
import { isObject, type JsonObject, setField } from '../../documents/json.ts';
import { elementOrder } from '../element-order.ts';
import { fieldSchema, itemSchema } from '../patch-schema.ts';
import { difference, type FieldSet, pathsOf, union } from './field-set.ts';
import { itemStep, memberStep, structureOf } from './fields-of.ts';
import type { ManagedFields } from './managers.ts';

/** Lays what a manager applies over what is there. Values of one piece replace, the others merge. */
export function mergeApplied(live: unknown, applied: unknown, schema: JsonSchema): unknown {
  const structure = structureOf(schema, applied);
  if (live === undefined || structure === 'atomic' || structureOf(schema, live) !== structure) return applied;
  if (structure === 'fields') {
    const merged: JsonObject = { ...(live as JsonObject) };
    for (const [name, value] of Object.entries(applied as JsonObject)) {
      if (value === undefined) continue;
      const current = Object.hasOwn(merged, name) ? merged[name] : undefined;
      setField(merged, name, mergeApplied(current, value, fieldSchema(schema, name)));
    }
    return merged;
  }
  const identity = structure === 'items' ? (item: unknown) => itemStep(schema, item) : memberStep;
  return mergeItems(live as unknown[], applied as unknown[], itemSchema(schema), identity);
}

function mergeItems(
  live: readonly unknown[],
  applied: readonly unknown[],
  schema: JsonSchema,
  identity: (item: unknown) => string,
): unknown[] {
  const merged = new Map(live.map((item) => [identity(item), item]));
  for (const item of applied) {
    const step = identity(item);
    merged.set(step, merged.has(step) ? mergeApplied(merged.get(step), item, schema) : item);
  }
  return elementOrder([...merged.values()], live, applied, identity);
}

/**
 * Takes out of `merged` what the manager applied before (`last`) and applies no longer (`now`), unless
 * somebody else manages it or something in it.
 */
export function pruneApplied(
  merged: unknown,
  schema: JsonSchema,
  last: FieldSet | undefined,
  now: FieldSet | undefined,
  others: readonly ManagedFields[],
): unknown {
  let kept = now;
  for (const { fields } of others) kept = union(kept, fields);
  return removeFields(merged, schema, difference(last, kept), kept);
}

/** True where the set has the node itself, and not only something in it. */
function isWhole(set: FieldSet): boolean {
  return set['.'] !== undefined || Object.keys(set).length === 0;
}

function removeFields(
  value: unknown,
  schema: JsonSchema,
  gone: FieldSet | undefined,
  kept: FieldSet | undefined,
): unknown {
  if (!gone || value === undefined) return value;
  if (isWhole(gone) && !kept) return undefined;
  const structure = structureOf(schema, value);
  if (structure === 'atomic') return value;
  if (structure === 'fields') {
    const result: JsonObject = {};
    for (const [name, child] of Object.entries(value as JsonObject)) {
      const step = `f:${name}`;
      const rest = removeFields(child, fieldSchema(schema, name), gone[step], kept?.[step]);
      if (rest !== undefined) setField(result, name, rest);
    }
    // An object that only held what is gone goes with it.
    return Object.keys(result).length === 0 && !kept ? undefined : result;
  }
  const items = itemSchema(schema);
  const rest: unknown[] = [];
  for (const item of value as unknown[]) {
    const step = structure === 'items' ? itemStep(schema, item) : memberStep(item);
    const left = removeFields(item, items, gone[step], kept?.[step]);
    if (left !== undefined) rest.push(left);
  }
  return rest.length === 0 && !kept ? undefined : rest;
}

/** 409 with one cause for each field, as `kubectl apply --server-side` explains it. */
export function conflictFailure(conflicts: readonly ManagedFields[]): StatusFailure {
  const causes: Cause[] = [];
  const parts: string[] = [];
  for (const { manager, apiVersion, time, fields } of conflicts) {
    const through = manager.subresource === '' ? '' : ` with subresource "${manager.subresource}"`;
    // As Kubernetes words it: who applied is known by name alone, who wrote otherwise also by version and time.
    const when = time === undefined ? '' : ` at ${time}`;
    const how = manager.operation === 'Update' ? ` using ${apiVersion}${when}` : '';
    const whom = `"${manager.name}"${through}${how}`;
    const paths = pathsOf(fields);
    for (const field of paths) {
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${whom}`, field });
    }
    const [only] = paths;
    parts.push(
      paths.length === 1
        ? `conflict with ${whom}: ${only}`
        : `conflicts with ${whom}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
    );
  }
  const count = counted(causes.length, 'conflict');
  return new StatusFailure('Conflict', `Apply failed with ${count}: ${parts.join('\n')}`, { causes });
}

/** The parts of a set that count: without an object's identity and what the server itself writes. */
export function managedPart(
  set: FieldSet | undefined,
  only: 'status' | 'all' | 'all-but-status',
): FieldSet | undefined {
  if (!set) return undefined;
  const steps: Record<string, FieldSet> = {};
  let some = false;
  for (const step in set) {
    if (step === 'f:apiVersion' || step === 'f:kind' || step === '.') continue;
    if ((step === 'f:status') !== (only === 'status') && only !== 'all') continue;
    const part = step === 'f:metadata' ? managedMetadata(set[step] as FieldSet) : set[step];
    if (!part) continue;
    steps[step] = part;
    some = true;
  }
  return some ? steps : undefined;
}

const SERVER_FIELDS = new Set(
  ['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp']
    .concat(['deletionGracePeriodSeconds', 'managedFields', 'selfLink'])
    .map((name) => `f:${name}`),
);

function managedMetadata(set: FieldSet): FieldSet | undefined {
  let steps: Record<string, FieldSet> | undefined;
  for (const step in set) {
    if (step === '.' || SERVER_FIELDS.has(step)) continue;
    steps ??= {};
    steps[step] = set[step] as FieldSet;
  }
  return steps;
}

/** Whether what was sent asks to forget all managers: a single empty entry. */
export function resetsManagers(entries: unknown): boolean {
  return Array.isArray(entries) && entries.length === 1 && isObject(entries[0]) && Object.keys(entries[0]).length === 0;
}
