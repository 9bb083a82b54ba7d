import { boolean, defineKind, described, int32, type ObjectOfKind, object, required } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { kubevirt } from './component-name.ts';
import { replicatedColumns, replicatedScale, replicatedStatus } from './replicated-parts.ts';
import { validateInstanceReplicaSet } from './validation/replicated.ts';
import { virtualMachineInstanceTemplate } from './virtual-machine-instance-spec.ts';

const spec = object(
  {
    replicas: int32('How many machines; 1 by default.'),
    selector: required(described(labelSelector, 'Which machines belong to it; must match the labels of the template.')),
    template: required(described(virtualMachineInstanceTemplate, 'What the machines look like.')),
    paused: boolean('Nothing is made or taken away.'),
  },
  'What should run.',
  kubevirt('VirtualMachineInstanceReplicaSetSpec'),
);

export const virtualMachineInstanceReplicaSet = defineKind({
  group: 'kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachineInstanceReplicaSet',
  plural: 'virtualmachineinstancereplicasets',
  shortNames: ['vmirs', 'vmirss'],
  categories: ['all'],
  description: 'Keeps a number of equal virtual machines running, which lose their state when they end.',
  body: object({
    spec: required(spec),
    status: object(
      replicatedStatus('VirtualMachineInstanceReplicaSetCondition'),
      'How the set stands.',
      kubevirt('VirtualMachineInstanceReplicaSetStatus'),
    ),
  }),
  defaults: (draft) => {
    draft.spec.replicas ??= 1;
    draft.status = { ...draft.status, replicas: draft.status?.replicas ?? 0 };
  },
  validate: validateInstanceReplicaSet,
  columns: replicatedColumns,
  immutable: ['spec.selector'],
  subresources: { status: true, scale: replicatedScale },
});

export type VirtualMachineInstanceReplicaSet = ObjectOfKind<typeof virtualMachineInstanceReplicaSet>;
