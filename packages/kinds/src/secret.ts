import { countColumn, textColumn } from './columns/index.ts';
import {
  boolean,
  bytes,
  type Cause,
  defineKind,
  type KindOf,
  mapOf,
  object,
  type Static,
  string,
  type ValidationContext,
} from './machinery/index.ts';
import { atKey, Faults } from './validation/faults.ts';
import { validateKeyedData } from './validation/keyed-data.ts';

const body = object({
  data: mapOf(bytes(), 'Bytes by key, in base64.'),
  stringData: mapOf(string(), 'Text by key; written into data, never read back.'),
  type: string('What the keys are for; Opaque by default.'),
  immutable: boolean('When true, data cannot change any more.'),
});

export type Secret = KindOf<Static<typeof body>>;

/** Base64 of a text's UTF-8 bytes. */
function encodeText(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Keys that a Secret of a well-known type cannot do without. */
const NEEDED_KEYS: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function validateSecret(item: Secret, { old }: ValidationContext<Secret>): readonly Cause[] {
  const faults = new Faults();
  validateKeyedData(item, old, faults);
  for (const key of NEEDED_KEYS[item.type ?? ''] ?? []) {
    if (item.data?.[key] === undefined) faults.required(atKey('data', key));
  }
  return faults.causes;
}

export const secret = defineKind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  description: 'Configuration that not everybody may read.',
  body,
  immutable: ['type'],
  defaults: (draft) => {
    draft.type ||= 'Opaque';
    const { stringData } = draft;
    if (!stringData) return;
    const encoded = Object.entries(stringData).map(([key, text]) => [key, encodeText(text)]);
    draft.data = { ...draft.data, ...Object.fromEntries(encoded) };
    delete draft.stringData;
  },
  validate: validateSecret,
  columns: [
    textColumn('Type', 'What the keys are for.', (item: Secret) => item.type ?? 'Opaque'),
    countColumn('Data', 'Number of keys.', (item: Secret) => Object.keys(item.data ?? {}).length),
  ],
  selectableFields: { type: (item) => item.type ?? '' },
});
