import { boolean, bytes, defineKind, mapOf, type ObjectOfKind, object, string } from './machinery/index.ts';

export const secret = defineKind({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  description: 'Configuration that not everybody may read.',
  body: object({
    data: mapOf(bytes(), 'Bytes by key, in base64.'),
    stringData: mapOf(string(), 'Text by key; written into data, never read back.'),
    type: string('What the keys are for; Opaque by default.'),
    immutable: boolean('When true, data cannot change any more.'),
  }),
  immutable: ['type'],
});

export type Secret = ObjectOfKind<typeof secret>;
