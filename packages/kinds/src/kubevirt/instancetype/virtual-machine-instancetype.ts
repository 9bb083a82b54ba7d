import { defineKind, type KubeObject, type ObjectOfKind, object, required } from '../../machinery/index.ts';
import { age } from '../status-columns.ts';
import { type InstancetypeSpec, instancetypeSpec } from './instancetype-spec.ts';
import { validateInstancetype } from './validate-types.ts';

const common = {
  group: 'instancetype.kubevirt.io',
  version: 'v1beta1',
  body: object({ spec: required(instancetypeSpec) }),
  validate: validateInstancetype,
} as const;

type Sized = KubeObject & { readonly spec: InstancetypeSpec };

const size = [
  {
    name: 'CPU',
    type: 'integer' as const,
    description: 'Virtual processors.',
    value: ({ spec }: Sized) => spec.cpu.guest,
  },
  {
    name: 'Memory',
    type: 'string' as const,
    description: 'Memory that the guest sees.',
    value: ({ spec }: Sized) => String(spec.memory.guest),
  },
  age,
];

export const virtualMachineInstancetype = defineKind({
  ...common,
  kind: 'VirtualMachineInstancetype',
  plural: 'virtualmachineinstancetypes',
  shortNames: ['vminstancetype', 'vminstancetypes', 'vmf', 'vmfs'],
  categories: ['all'],
  description: 'A size of virtual machine that machines of its namespace can name.',
  columns: size,
});

export const virtualMachineClusterInstancetype = defineKind({
  ...common,
  kind: 'VirtualMachineClusterInstancetype',
  plural: 'virtualmachineclusterinstancetypes',
  shortNames: ['vmclusterinstancetype', 'vmclusterinstancetypes', 'vmcf', 'vmcfs'],
  namespaced: false,
  description: 'A size of virtual machine that machines of every namespace can name.',
  columns: size,
});

export type VirtualMachineInstancetype = ObjectOfKind<typeof virtualMachineInstancetype>;
