import {
  boolean,
  defineKind,
  described,
  int32,
  intOrString,
  listOf,
  type ObjectOfKind,
  object,
  objectMeta,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { kubevirt } from './component-name.ts';
import { replicatedColumns, replicatedScale, replicatedStatus } from './replicated-parts.ts';
import { validatePool } from './validation/replicated.ts';
import { virtualMachineSpec } from './virtual-machine.ts';

const pooled = (kind: string) => kubevirt(`VirtualMachinePool${kind}`);

export const poolSortPolicies = ['Random', 'Newest', 'Oldest', 'AscendingOrder', 'DescendingOrder'] as const;

const selectionPolicy = object(
  {
    sortPolicy: oneOf(poolSortPolicies, 'Whose turn it is first: by age, or by the number in the name.'),
    selectors: listOf(
      object(
        {
          labelSelector: described(labelSelector, 'Machines with these labels.'),
          nodeSelectorRequirementMatcher: listOf(
            object(
              {
                key: required(string('Label of the host.')),
                operator: required(string('In, NotIn, Exists or DoesNotExist.')),
                values: listOf(string(), 'Values for In and NotIn.'),
              },
              'One rule about the host.',
            ),
            'Machines on hosts with these labels.',
          ),
        },
        'Machines that go before all others.',
        pooled('Selectors'),
      ),
      'Whose turn it is before the others, first match first.',
    ),
  },
  'Whose turn it is first.',
  pooled('SelectionPolicy'),
);
export type PoolSelectionPolicy = Static<typeof selectionPolicy>;

const statePreservation = oneOf(['Disabled', 'Offline', 'Online'], 'Whether the disks of a machine stay when it goes.');

const scaleInStrategy = object(
  {
    proactive: object(
      { selectionPolicy, statePreservation },
      'Machines are shut down and deleted: the default.',
      pooled('ProactiveScaleInStrategy'),
    ),
    opportunistic: object(
      { enable: boolean('The same as naming it.'), statePreservation },
      'Only machines that are off are deleted.',
      pooled('OpportunisticScaleInStrategy'),
    ),
    unmanaged: boolean('No machine is ever deleted.'),
  },
  'What happens when fewer machines are wanted.',
  pooled('ScaleInStrategy'),
);

const updateStrategy = object(
  {
    proactive: object(
      { selectionPolicy },
      'Machines are changed, and restarted where they must be: the default.',
      pooled('ProactiveUpdateStrategy'),
    ),
    opportunistic: object(
      {},
      'Machines are changed; what needs a restart waits for one.',
      pooled('OpportunisticUpdate'),
    ),
    unmanaged: object({}, 'Machines that exist stay as they are.', pooled('UnmanagedUpdate')),
  },
  'What happens to machines when the template changes.',
  pooled('UpdateStrategy'),
);

const autohealing = object(
  { startUpFailureThreshold: int32('Failed starts in a row after which a machine is made anew; 3 by default.') },
  'Machines that cannot start are made anew.',
  pooled('AutohealingStrategy'),
);

const spec = object(
  {
    replicas: int32('How many machines; 1 by default.'),
    selector: required(described(labelSelector, 'Which machines belong to it; must match the labels of the template.')),
    virtualMachineTemplate: required(
      object(
        { metadata: objectMeta, spec: required(virtualMachineSpec) },
        'What the machines look like.',
        kubevirt('VirtualMachineTemplateSpec'),
      ),
    ),
    paused: boolean('Nothing is made, changed or taken away.'),
    nameGeneration: object(
      {
        appendIndexToConfigMapRefs: boolean('ConfigMaps are looked for under their name and the number.'),
        appendIndexToSecretRefs: boolean('Secrets are looked for under their name and the number.'),
      },
      'What else bears the number of the machine.',
      pooled('NameGeneration'),
    ),
    maxUnavailable: intOrString('Most machines that may be down for an update, or a percentage; 100% by default.'),
    scaleInStrategy,
    updateStrategy,
    autohealing,
  },
  'What should be there.',
  pooled('Spec'),
);

export const virtualMachinePool = defineKind({
  group: 'pool.kubevirt.io',
  version: 'v1beta1',
  kind: 'VirtualMachinePool',
  plural: 'virtualmachinepools',
  shortNames: ['vmpool', 'vmpools'],
  categories: ['all'],
  description: 'Keeps a number of equal VirtualMachines, each with a number, a name and disks of its own.',
  body: object({
    spec: required(spec),
    status: object(replicatedStatus('VirtualMachinePoolCondition'), 'How the pool stands.', pooled('Status')),
  }),
  defaults: (draft) => {
    draft.spec.replicas ??= 1;
    draft.status = { ...draft.status, replicas: draft.status?.replicas ?? 0 };
  },
  validate: validatePool,
  columns: replicatedColumns,
  immutable: ['spec.selector'],
  subresources: { status: true, scale: replicatedScale },
});

export type VirtualMachinePool = ObjectOfKind<typeof virtualMachinePool>;
