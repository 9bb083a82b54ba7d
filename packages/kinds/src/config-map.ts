import { boolean, bytes, defineKind, mapOf, type ObjectOfKind, object, string } from './machinery/index.ts';
import { Faults } from './validation/faults.ts';
import { validateKeyedData } from './validation/keyed-data.ts';

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
  validate: (item, { old }) => {
    const faults = new Faults();
    validateKeyedData(item, old, faults);
    return faults.causes;
  },
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
