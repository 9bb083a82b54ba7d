import { isDeepEqual } from '../machinery/deep-equal.ts';
import { atKey, type Faults } from './faults.ts';
import { configKeyFault } from './names.ts';

/** Most that a ConfigMap or Secret may hold, in bytes. */
const DATA_LIMIT_BYTES = 1024 * 1024;

interface KeyedData {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}

/** What ConfigMaps and Secrets have in common: keys are file names, sizes are bounded, immutable is for good. */
export function validateKeyedData(item: KeyedData, old: KeyedData | undefined, faults: Faults): void {
  let size = 0;
  for (const field of ['data', 'binaryData'] as const) {
    for (const [key, value] of Object.entries(item[field] ?? {})) {
      faults.check(atKey(field, key), key, configKeyFault);
      size += value.length;
    }
  }
  for (const key of Object.keys(item.binaryData ?? {})) {
    if (item.data?.[key] !== undefined) faults.invalid(atKey('data', key), key, 'is also a key of binaryData');
  }
  if (size > DATA_LIMIT_BYTES) faults.tooLong('data', DATA_LIMIT_BYTES);
  if (!old?.immutable) return;
  if (!item.immutable) faults.forbidden('immutable', 'field is immutable when `immutable` is set');
  for (const field of ['data', 'binaryData'] as const) {
    if (!isDeepEqual(item[field] ?? {}, old[field] ?? {})) {
      faults.forbidden(field, 'field is immutable when `immutable` is set');
    }
  }
}
