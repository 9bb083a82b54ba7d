/**
 * A copy of plain JSON that shares nothing with it: several times as quick as `structuredClone`, which also has to
 * look for cycles and for what is no JSON.
 */
export function cloneJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson) as T;
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = cloneJson<unknown>(value[name]);
  return copy as T;
}
