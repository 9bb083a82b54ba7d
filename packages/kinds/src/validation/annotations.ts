import { validateOwnAnnotation } from '../shared/own-annotations.ts';
import type { Faults } from './faults.ts';
import { qualifiedNameFault } from './names.ts';

const LIMIT_BYTES = 256 * 1024;

type Annotations = Readonly<Record<string, string>>;

/** Annotations of an object of a kind, or of a template for one. @param old what is there already and stays is not judged anew */
export function validateAnnotations(
  kind: string,
  annotations: Annotations | undefined,
  path: string,
  faults: Faults,
  old: Annotations = {},
): void {
  let size = 0;
  for (const key in annotations) {
    const value = annotations[key] as string;
    faults.check(path, key.toLowerCase(), qualifiedNameFault);
    if (old[key] !== value) validateOwnAnnotation(kind, key, value, path, faults);
    size += key.length + byteLength(value);
  }
  if (size > LIMIT_BYTES) faults.tooLong(path, LIMIT_BYTES);
}

/** Bytes in UTF-8. Short texts cannot reach the limit whatever they hold, so they are only estimated. */
function byteLength(text: string): number {
  return text.length < 1024 ? text.length : new TextEncoder().encode(text).length;
}
