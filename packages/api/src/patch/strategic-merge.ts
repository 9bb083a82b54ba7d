import { type JsonSchema, StatusFailure } from '@godwit/kinds';
import { equalJson, isObject, type JsonObject, setField } from '../documents/json.ts';
import { elementOrder } from './element-order.ts';
import { fieldSchema, itemSchema } from './patch-schema.ts';

const PATCH = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: a merge patch in which lists merge by the key that the schema names
 * (`x-kubernetes-patch-strategy`, `x-kubernetes-patch-merge-key`) and which may hold directives:
 * `$patch: replace | delete | merge`, `$retainKeys`, `$setElementOrder/<list>` and
 * `$deleteFromPrimitiveList/<list>`. Nothing given is changed. Throws `BadRequest` for a malformed patch.
 */
export function applyStrategicMerge(target: unknown, patch: unknown, schema: JsonSchema): unknown {
  if (!isObject(patch)) throw malformed('the patch must be an object');
  return mergeObject(isObject(target) ? target : {}, patch, schema);
}

function malformed(why: string): StatusFailure {
  return new StatusFailure('BadRequest', `strategic merge patch: ${why}`);
}

function mergeObject(target: JsonObject, patch: JsonObject, schema: JsonSchema): JsonObject {
  const directive = patch[PATCH];
  if (directive === 'replace') return mergeObject({}, without(patch, PATCH), schema);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw malformed(`unknown $patch ${JSON.stringify(directive)}`);
  const result: JsonObject = { ...target };
  retainKeys(result, patch);
  for (const name of Object.keys(patch)) {
    if (name === PATCH || name === RETAIN_KEYS || name.startsWith(SET_ORDER)) continue;
    if (name.startsWith(DELETE_FROM)) deleteFrom(result, name.slice(DELETE_FROM.length), patch[name]);
    else mergeField(result, name, patch, fieldSchema(schema, name));
  }
  for (const name of Object.keys(patch)) {
    if (!name.startsWith(SET_ORDER)) continue;
    const field = name.slice(SET_ORDER.length);
    result[field] = ordered(result[field], target[field], patch[name], fieldSchema(schema, field));
    if (result[field] === undefined) delete result[field];
  }
  return result;
}

function without(object: JsonObject, name: string): JsonObject {
  const { [name]: _, ...rest } = object;
  return rest;
}

/** `$retainKeys` names the fields that may stay: those of a union whose member has changed go. */
function retainKeys(result: JsonObject, patch: JsonObject): void {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return;
  if (!Array.isArray(keys)) throw malformed('$retainKeys must be a list of field names');
  for (const name of Object.keys(patch)) {
    if (!name.startsWith('$') && patch[name] !== null && !keys.includes(name)) {
      throw malformed(`$retainKeys does not name ${name}, which the patch sets`);
    }
  }
  for (const name of Object.keys(result)) if (!keys.includes(name)) delete result[name];
}

function deleteFrom(result: JsonObject, name: string, values: unknown): void {
  if (!Array.isArray(values)) throw malformed(`${DELETE_FROM}${name} must be a list`);
  const list = result[name];
  if (Array.isArray(list)) result[name] = list.filter((item) => !values.some((value) => equalJson(item, value)));
}

function mergeField(result: JsonObject, name: string, patch: JsonObject, schema: JsonSchema): void {
  const value = patch[name];
  const current = Object.hasOwn(result, name) ? result[name] : undefined;
  if (value === null) delete result[name];
  else if (Array.isArray(value)) setField(result, name, mergeList(name, current, value, schema));
  else if (isObject(value)) {
    const replaces = schema['x-kubernetes-patch-strategy'] === 'replace';
    setField(result, name, mergeObject(isObject(current) && !replaces ? current : {}, value, schema));
  } else setField(result, name, value);
}

function mergeList(name: string, current: unknown, patch: readonly unknown[], schema: JsonSchema): unknown[] {
  const items = itemSchema(schema);
  const merges = schema['x-kubernetes-patch-strategy']?.split(',').includes('merge') ?? false;
  const old: readonly unknown[] = Array.isArray(current) ? current : [];
  if (!merges) return patch.filter((item) => !isMarker(item)).map((item) => cleaned(item, items));
  const key = schema['x-kubernetes-patch-merge-key'];
  if (key === undefined) return union(old, patch);
  if (patch.some((item) => isObject(item) && item[PATCH] === 'replace')) {
    // A lone `$patch: replace` says: the other items are the whole list.
    const whole = patch.filter((item) => !isMarker(item)).map((item) => (isObject(item) ? without(item, PATCH) : item));
    return whole.map((item) => cleaned(item, items));
  }
  return mergeByKey(name, old, patch, key, items);
}

/** An item that is only a directive. */
function isMarker(item: unknown): boolean {
  return isObject(item) && item[PATCH] !== undefined && Object.keys(item).length === 1;
}

/** A value that is new here: nulls and directives in it have nothing to act on and go. */
function cleaned(value: unknown, schema: JsonSchema): unknown {
  if (Array.isArray(value)) return value.map((item) => cleaned(item, itemSchema(schema)));
  return isObject(value) ? mergeObject({}, value, schema) : value;
}

function union(old: readonly unknown[], added: readonly unknown[]): unknown[] {
  const result = [...old];
  for (const value of added) if (!result.some((item) => equalJson(item, value))) result.push(value);
  return result;
}

function mergeByKey(
  name: string,
  old: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  schema: JsonSchema,
): unknown[] {
  let result = [...old];
  for (const item of patch) {
    if (!isObject(item)) throw malformed(`items of ${name} must be objects`);
    if (item[key] === undefined) throw malformed(`an item of ${name} lacks its merge key ${key}`);
    const same = (other: unknown) => isObject(other) && equalJson(other[key], item[key]);
    if (item[PATCH] === 'delete') {
      result = result.filter((other) => !same(other));
      continue;
    }
    const at = result.findIndex(same);
    if (at < 0) result.push(mergeObject({}, item, schema));
    else result[at] = mergeObject(result[at] as JsonObject, item, schema);
  }
  return result;
}

/** Brings a merged list into the order that the patch asks for; what it does not name stays near its place. */
function ordered(merged: unknown, old: unknown, order: unknown, schema: JsonSchema): unknown {
  if (!Array.isArray(order)) throw malformed(`${SET_ORDER} must hold a list`);
  if (!Array.isArray(merged)) return merged;
  const key = schema['x-kubernetes-patch-merge-key'];
  const identity = (item: unknown) => JSON.stringify(key !== undefined && isObject(item) ? item[key] : item);
  return elementOrder(merged, Array.isArray(old) ? old : [], order, identity);
}
