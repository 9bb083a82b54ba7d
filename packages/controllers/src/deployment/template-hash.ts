import { isDeepEqual, type PodTemplate } from '@godwit/kinds';

/** Label that tells the pods of one version from those of another. */
export const HASH_LABEL = 'pod-template-hash';

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
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The name of a version. `collisions` makes another one where two templates have the same hash. */
export function templateHash(template: PodTemplate, collisions: number): string {
  const text = canonicalJson(template) + (collisions > 0 ? `#${collisions}` : '');
  return String(hash32(text)).replace(/\d/g, (digit) => ALPHABET.charAt(Number(digit)));
}

/** Whether two templates are the same version, whatever label the version carries. */
export function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return isDeepEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { labels, ...metadata } = template.metadata ?? {};
  const { [HASH_LABEL]: _, ...others } = labels ?? {};
  return { ...template, metadata: { ...metadata, labels: others } };
}
