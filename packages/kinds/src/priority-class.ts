import { countColumn, textColumn } from './columns/index.ts';
import {
  boolean,
  defineKind,
  filled,
  int32,
  type KindOf,
  object,
  oneOf,
  type Static,
  string,
} from './machinery/index.ts';
import { Faults } from './validation/index.ts';

/** Above it come only the classes of the system itself. */
const HIGHEST_USER_PRIORITY = 1_000_000_000;

/** Classes that are always there, with their importance. Names and numbers are Kubernetes'. */
export const systemPriorityClasses: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

const body = object({
  value: filled(int32('Importance; higher comes first.')),
  globalDefault: boolean('Holds for machines that name no class.'),
  description: string('When to use the class.'),
  preemptionPolicy: oneOf(['Never', 'PreemptLowerPriority'], 'Whether less important machines may be pushed out.'),
});

export type PriorityClass = KindOf<Static<typeof body>>;

export const priorityClass = defineKind({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  description: 'A name for how important a machine is.',
  body,
  defaults: (draft) => {
    draft.value ??= 0;
    draft.preemptionPolicy ||= 'PreemptLowerPriority';
  },
  validate: ({ value, metadata }) => {
    const faults = new Faults();
    const { name = '' } = metadata;
    if (systemPriorityClasses[name] === value) return faults.causes;
    if (name.startsWith('system-')) {
      faults.forbidden('metadata.name', "priority class names with 'system-' prefix are reserved for system use only");
    }
    if (value > HIGHEST_USER_PRIORITY) {
      faults.forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`);
    }
    return faults.causes;
  },
  columns: [
    countColumn('Value', 'Importance.', (item: PriorityClass) => item.value),
    textColumn('Global-Default', 'Holds for machines that name no class.', (item: PriorityClass) =>
      String(item.globalDefault ?? false),
    ),
    {
      ...textColumn('Age', 'Time since creation.', (item: PriorityClass) => item.metadata.creationTimestamp ?? ''),
      type: 'date' as const,
    },
    textColumn(
      'PreemptionPolicy',
      'Whether less important machines may be pushed out.',
      (item: PriorityClass) => item.preemptionPolicy ?? '',
    ),
  ],
  immutable: ['value', 'preemptionPolicy'],
});
