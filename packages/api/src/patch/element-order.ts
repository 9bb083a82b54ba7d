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
  const places = placesOf(named.map((item) => place.get(identity(item))));
  const result: T[] = [];
  let next = 0;
  for (const [index, item] of named.entries()) {
    for (; next < others.length; next++) {
      const other = place.get(identity(others[next])) ?? Number.POSITIVE_INFINITY;
      if (other >= (places[index] as number)) break;
      result.push(others[next] as T);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** Where items stood; one that is new stands where the next one does that is not, or after everything. */
function placesOf(known: readonly (number | undefined)[]): readonly number[] {
  const places: number[] = [];
  let following = Number.POSITIVE_INFINITY;
  for (let index = known.length - 1; index >= 0; index--) {
    following = known[index] ?? following;
    places[index] = following;
  }
  return places;
}
