import type { JsonSchema } from '@godwit/kinds';
import { equalJson, isObject, type JsonObject } from '../../documents/json.ts';
import { fieldSchema, itemSchema } from '../patch-schema.ts';
import { emptyLeaf, type FieldSet, union } from './field-set.ts';

/** How a value is made up for those who manage it: of one piece, of fields, of keyed items, or of members. */
export type Structure = 'atomic' | 'fields' | 'items' | 'members';

export function structureOf(schema: JsonSchema, value: unknown): Structure {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    return type === 'map' ? 'items' : type === 'set' ? 'members' : 'atomic';
  }
  return isObject(value) && schema['x-kubernetes-map-type'] !== 'atomic' ? 'fields' : 'atomic';
}

/** The step that names an item of a keyed list. Keys are in alphabetical order. */
export function itemStep(schema: JsonSchema, item: unknown): string {
  const keys: JsonObject = {};
  if (isObject(item)) {
    for (const name of [...(schema['x-kubernetes-list-map-keys'] ?? [])].sort()) {
      const value = item[name] ?? keyDefault(schema, name);
      if (value !== undefined) keys[name] = value;
    }
  }
  return `k:${JSON.stringify(keys)}`;
}

/** A key that may be left out has a default; `protocol` is the one that Kubernetes' own lists have. */
function keyDefault(schema: JsonSchema, name: string): unknown {
  return itemSchema(schema).properties?.[name]?.default ?? (name === 'protocol' ? 'TCP' : undefined);
}

export function memberStep(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** Every field that `value` sets. Undefined for a value that has no fields of its own at the top. */
export function fieldsOf(value: unknown, schema: JsonSchema): FieldSet {
  if (typeof value !== 'object' || value === null) return emptyLeaf;
  switch (structureOf(schema, value)) {
    case 'atomic':
      return emptyLeaf;
    case 'fields':
      return fieldsOfObject(value as JsonObject, schema);
    case 'items': {
      const set: Record<string, FieldSet> = {};
      const items = itemSchema(schema);
      for (const item of value as unknown[]) {
        const fields = fieldsOf(item, items);
        set[itemStep(schema, item)] = isObject(item) && fields !== emptyLeaf ? { '.': emptyLeaf, ...fields } : fields;
      }
      return set;
    }
    default: {
      const set: Record<string, FieldSet> = {};
      for (const member of value as unknown[]) set[memberStep(member)] = emptyLeaf;
      return set;
    }
  }
}

function fieldsOfObject(object: JsonObject, schema: JsonSchema): FieldSet {
  const set: Record<string, FieldSet> = {};
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    const isLeaf = typeof value !== 'object' || value === null;
    set[fieldStep(name)] = isLeaf ? emptyLeaf : fieldsOf(value, fieldSchema(schema, name));
  }
  return set;
}

/** Steps of names that come again and again, made once. Bounded, because label keys are free. */
const fieldSteps = new Map<string, string>();
const FIELD_STEPS_LIMIT = 4096;

function fieldStep(name: string): string {
  const known = fieldSteps.get(name);
  if (known !== undefined) return known;
  const step = `f:${name}`;
  if (fieldSteps.size < FIELD_STEPS_LIMIT) fieldSteps.set(name, step);
  return step;
}

/** In what two objects differ: fields that are new or have another value, and fields that are gone. */
export interface Difference {
  readonly changed?: FieldSet | undefined;
  readonly removed?: FieldSet | undefined;
}

const nothing: Difference = {};

export function compareFields(before: unknown, after: unknown, schema: JsonSchema): Difference {
  if (before === after) return nothing;
  if (before === undefined) return { changed: fieldsOf(after, schema) };
  if (after === undefined) return { removed: fieldsOf(before, schema) };
  const structure = structureOf(schema, after);
  if (structure !== structureOf(schema, before)) {
    return { changed: fieldsOf(after, schema), removed: fieldsOf(before, schema) };
  }
  if (structure === 'atomic') return equalJson(before, after) ? nothing : { changed: emptyLeaf };
  if (structure === 'fields') return compareObjects(before as JsonObject, after as JsonObject, schema);
  return compareLists(before as unknown[], after as unknown[], schema, structure);
}

function compareObjects(before: JsonObject, after: JsonObject, schema: JsonSchema): Difference {
  let changed: Record<string, FieldSet> | undefined;
  let removed: Record<string, FieldSet> | undefined;
  // Not `for in`: objects of all kinds come by here, and with that loop the engine compiles it anew for ever.
  for (const name of Object.keys(after)) {
    const value = after[name];
    const old = before[name];
    if (value === old || value === undefined) continue;
    const inner = compareFields(old, value, fieldSchema(schema, name));
    if (inner.changed) (changed ??= {})[fieldStep(name)] = inner.changed;
    if (inner.removed) (removed ??= {})[fieldStep(name)] = inner.removed;
  }
  for (const name of Object.keys(before)) {
    const old = before[name];
    if (old === undefined || after[name] !== undefined) continue;
    (removed ??= {})[fieldStep(name)] = fieldsOf(old, fieldSchema(schema, name));
  }
  return changed || removed ? { changed, removed } : nothing;
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  schema: JsonSchema,
  structure: 'items' | 'members',
): Difference {
  const items = itemSchema(schema);
  const stepOf = structure === 'items' ? (item: unknown) => itemStep(schema, item) : memberStep;
  const whole = (item: unknown) =>
    structure === 'items' ? (union(emptyLeaf, fieldsOf(item, items)) as FieldSet) : emptyLeaf;
  const old = new Map(before.map((item) => [stepOf(item), item]));
  let changed: Record<string, FieldSet> | undefined;
  let removed: Record<string, FieldSet> | undefined;
  for (const item of after) {
    const step = stepOf(item);
    const inner = old.has(step) ? compareFields(old.get(step), item, items) : { changed: whole(item) };
    old.delete(step);
    if (inner.changed) (changed ??= {})[step] = inner.changed;
    if ('removed' in inner && inner.removed) (removed ??= {})[step] = inner.removed;
  }
  for (const [step, item] of old) (removed ??= {})[step] = whole(item);
  return changed || removed ? { changed, removed } : nothing;
}
