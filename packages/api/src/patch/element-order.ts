/**
 * Puts a merged list in order: items that `wanted` names come in its order; the others keep the place that
 * they had in `old` relative to the named ones.
 */
export function elementOrder<T>(
  merged: readonly T[],
  old: readonly unknown[],
  wanted: readonly unknown[],
  identity: (item: unknown) => string,
): T[] {
  const rank = new Map(wanted.map((item, index) => [identity(item), index]));
  const place = new Map(old.map((item, index) => [identity(item), index]));
  const named = merged.filter((item) => rank.has(identity(item)));
  named.sort((a, b) => (rank.get(identity(a)) as number) - (rank.get(identity(b)) as number));
  const others = merged.filter((item) => !rank.has(identity(item)));
  const result: T[] = [];
  let next = 0;
  for (const item of named) {
    const at = place.get(identity(item));
    while (at !== undefined && next < others.length) {
      const other = place.get(identity(others[next]));
      if (other === undefined || other > at) break;
      result.push(others[next++] as T);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}
