import { boolean, defineKind, int32, type ObjectOfKind, object, oneOf, required, string } from './machinery/index.ts';

export const priorityClass = defineKind({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  description: 'A name for how important a machine is.',
  body: object({
    value: required(int32('Importance; higher comes first.')),
    globalDefault: boolean('Holds for machines that name no class.'),
    description: string('When to use the class.'),
    preemptionPolicy: oneOf(['Never', 'PreemptLowerPriority'], 'Whether less important machines may be pushed out.'),
  }),
  immutable: ['value', 'preemptionPolicy'],
});

export type PriorityClass = ObjectOfKind<typeof priorityClass>;
