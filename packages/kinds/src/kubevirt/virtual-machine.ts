import {
  boolean,
  defineKind,
  listOf,
  type ObjectOfKind,
  object,
  objectMeta,
  oneOf,
  required,
  type Static,
  string,
} from '../machinery/index.ts';
import { kubevirt, marker } from './component-name.ts';
import { dataVolumeSpec } from './data-volume-spec.ts';
import { templateReferences } from './instance-references.ts';
import { defaultMachine } from './machine-defaults.ts';
import { age, conditionCell } from './status-columns.ts';
import { validateVirtualMachine } from './validation/virtual-machine.ts';
import { virtualMachineInstanceTemplate } from './virtual-machine-instance-spec.ts';
import { runStrategies, virtualMachineStatus } from './virtual-machine-status.ts';

const matcher = {
  name: string('Name.'),
  revisionName: string('ControllerRevision that keeps it as it was.'),
  inferFromVolume: string('Volume whose labels name it.'),
  inferFromVolumeFailurePolicy: oneOf(['Reject', 'Ignore'], 'What happens when the volume does not name it.'),
};

const instancetypeMatcher = object(
  { kind: string('VirtualMachineClusterInstancetype (default) or VirtualMachineInstancetype.'), ...matcher },
  'Size of the machine, by name.',
  kubevirt('InstancetypeMatcher'),
);

const preferenceMatcher = object(
  { kind: string('VirtualMachineClusterPreference (default) or VirtualMachinePreference.'), ...matcher },
  'What the guest likes best, by name.',
  kubevirt('PreferenceMatcher'),
);

export const dataVolumeTemplate = object(
  {
    apiVersion: string('cdi.kubevirt.io/v1beta1.'),
    kind: string('DataVolume.'),
    metadata: objectMeta,
    spec: required(dataVolumeSpec),
    status: marker('DataVolumeTemplateDummyStatus', 'Left empty.'),
  },
  'A DataVolume that is made with the machine and goes with it.',
  kubevirt('DataVolumeTemplateSpec'),
);

export const virtualMachineSpec = object(
  {
    runStrategy: oneOf(runStrategies, 'What happens when nobody asks, and when the machine ends.'),
    running: boolean('Older form: true is Always, false is Halted.'),
    instancetype: instancetypeMatcher,
    preference: preferenceMatcher,
    template: required(virtualMachineInstanceTemplate),
    dataVolumeTemplates: listOf(dataVolumeTemplate, 'Volumes that are made with the machine.'),
    updateVolumesStrategy: oneOf(
      ['Migration', 'Replacement'],
      'Whether changed volumes are moved to or merely put in their place.',
    ),
  },
  'What the machine is to be, and when it is to run.',
  kubevirt('VirtualMachineSpec'),
);

/** Keeps a VirtualMachine until its instance is gone. The name is KubeVirt's. */
export const machineFinalizer = 'kubevirt.io/virtualMachineControllerFinalize';

export const virtualMachine = defineKind({
  group: 'kubevirt.io',
  version: 'v1',
  kind: 'VirtualMachine',
  plural: 'virtualmachines',
  shortNames: ['vm', 'vms'],
  categories: ['all'],
  description: 'A virtual machine, running or not.',
  body: object({ spec: required(virtualMachineSpec), status: virtualMachineStatus }),
  subresources: { status: true },
  defaults: defaultMachine,
  validate: validateVirtualMachine,
  references: templateReferences,
  columns: [
    age,
    {
      name: 'Status',
      type: 'string',
      description: 'How the machine stands.',
      value: (vm) => vm.status?.printableStatus ?? null,
    },
    {
      name: 'Ready',
      type: 'string',
      description: 'Whether the machine answers.',
      value: (vm) => conditionCell(vm.status?.conditions, 'Ready'),
    },
  ],
});

export type VirtualMachine = ObjectOfKind<typeof virtualMachine>;
export type VirtualMachineSpec = Static<typeof virtualMachineSpec>;
export type DataVolumeTemplate = Static<typeof dataVolumeTemplate>;
