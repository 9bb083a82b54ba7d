/** FNV-1a (Fowler, Noll, Vo): 32 bits, quick, the same everywhere. Not for secrets. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Sixteen hexadecimal digits that tell one text from another. */
export function fingerprint(text: string): string {
  return hex(hash32(text)) + hex(hash32(text, 0x9747b28c));
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
