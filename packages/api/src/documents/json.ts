/** Small helpers for JSON values: equality, copies, paths. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a map is there and says something: Kubernetes leaves empty ones out. */
export function hasEntries(map: Readonly<Record<string, unknown>> | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}

/** Deep equality of JSON values. Fields that are undefined count as absent. */
export function equalJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equalJson(a[index], b[index])) return false;
    return true;
  }
  return !Array.isArray(b) && equalObjects(a as JsonObject, b as JsonObject);
}

function equalObjects(a: JsonObject, b: JsonObject): boolean {
  for (const name in a) {
    if (a[name] !== undefined ? !equalJson(a[name], b[name]) : b[name] !== undefined) return false;
  }
  for (const name in b) if (b[name] !== undefined && a[name] === undefined) return false;
  return true;
}

/**
 * `after`, in which everything that is equal to its place in `before` is that very value: versions of an object share
 * what they have in common, and who compares them looks only at the rest. `after` belongs to the caller, except for
 * what it shares with `before` already.
 */
export function shareJson<T>(before: unknown, after: T): T {
  if (before === after || typeof before !== 'object' || typeof after !== 'object') return after;
  if (before === null || after === null || Array.isArray(before) !== Array.isArray(after)) return after;
  const same = Array.isArray(after)
    ? shareItems(before as unknown[], after)
    : shareFields(before as JsonObject, after as JsonObject);
  return same ? (before as T) : after;
}

/** Whether all of it is the same. */
function shareItems(before: readonly unknown[], after: unknown[]): boolean {
  let same = before.length === after.length;
  for (let index = 0; index < after.length; index++) {
    const old = before[index];
    const value = after[index];
    if (value === old) continue;
    const shared = shareJson(old, value);
    if (shared !== value) after[index] = shared;
    if (shared !== old) same = false;
  }
  return same;
}

function shareFields(before: JsonObject, after: JsonObject): boolean {
  let same = true;
  for (const name in after) {
    const old = before[name];
    const value = after[name];
    if (value === old) continue;
    const shared = shareJson(old, value);
    if (shared !== value) after[name] = shared;
    if (shared !== old) same = false;
  }
  if (!same) return false;
  for (const name in before) if (after[name] === undefined && before[name] !== undefined) return false;
  return true;
}

/** A private deep copy. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson) as T;
  const copy: JsonObject = {};
  for (const name in value) if (value[name] !== undefined) setField(copy, name, copyJson(value[name]));
  return copy as T;
}

/** Assigns a field by whatever name, also the one that JavaScript would take for the prototype. */
export function setField(target: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else target[name] = value;
}

/** The value at a dot path (`spec.replicas`, also with a leading dot), or undefined. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const step of path.split('.')) {
    if (step === '') continue;
    if (!isObject(current)) return undefined;
    current = current[step];
  }
  return current;
}

/** All values at a dot path in which `*` stands for every list item or map value. */
export function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [undefined];
  if (step === '*') return Object.values(value).flatMap((item) => valuesAt(item, rest));
  return valuesAt((value as JsonObject)[step], rest);
}

/** A copy of `object` with `value` at a dot path; what lies beside the path is shared, not copied. */
export function withValueAt<T extends object>(object: T, path: readonly string[], value: unknown): T {
  const [step, ...rest] = path;
  if (step === undefined) return value as T;
  const child = (object as JsonObject)[step];
  return { ...object, [step]: rest.length === 0 ? value : withValueAt(isObject(child) ? child : {}, rest, value) };
}

/** Freezes all the way down, so that tests catch whoever changes a shared object. */
export function freezeJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const item of Object.values(value)) freezeJson(item);
  return Object.freeze(value);
}
