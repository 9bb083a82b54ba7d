import { boolean, bytes, defineKind, mapOf, type ObjectOfKind, object, string } from './machinery/index.ts';

export const configMap = defineKind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  description: 'Configuration that machines read as files or variables.',
  body: object({
    data: mapOf(string(), 'Text by key.'),
    binaryData: mapOf(bytes(), 'Bytes by key.'),
    immutable: boolean('When true, data cannot change any more.'),
  }),
  columns: [
    {
      name: 'Data',
      type: 'integer',
      description: 'Number of keys.',
      value: (m) => Object.keys(m.data ?? {}).length + Object.keys(m.binaryData ?? {}).length,
    },
  ],
});

export type ConfigMap = ObjectOfKind<typeof configMap>;
