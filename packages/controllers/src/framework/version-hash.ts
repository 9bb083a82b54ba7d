/** Characters that form no words. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with the keys of every object in order: one text for equal values. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo), over the text's UTF-16 code units. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The name of a version of something. `collisions` makes another one where two versions have the same hash. */
export function versionHash(version: unknown, collisions = 0): string {
  const text = canonicalJson(version) + (collisions > 0 ? `#${collisions}` : '');
  return String(hash32(text)).replace(/\d/g, (digit) => ALPHABET.charAt(Number(digit)));
}
