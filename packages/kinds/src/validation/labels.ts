import { atKey, type Faults } from './faults.ts';
import { labelValueFault, qualifiedNameFault } from './names.ts';

/** Labels of a template or selector: those of the object itself are checked for every kind. */
export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  path: string,
  faults: Faults,
): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    faults.check(path, key, qualifiedNameFault);
    faults.check(atKey(path, key), value, labelValueFault);
  }
}
