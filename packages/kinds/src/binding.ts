import { defineKind, type ObjectOfKind, object, required } from './machinery/index.ts';
import { objectReference } from './shared/references.ts';

export const binding = defineKind({
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  description: 'Puts a machine on a node.',
  body: object({ target: required(objectReference) }),
  verbs: ['create'],
});

export type Binding = ObjectOfKind<typeof binding>;
