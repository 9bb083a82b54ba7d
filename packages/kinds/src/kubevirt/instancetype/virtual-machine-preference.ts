import { defineKind, type ObjectOfKind, object, required } from '../../machinery/index.ts';
import { age } from '../status-columns.ts';
import { preferenceSpec } from './preference-spec.ts';
import { validatePreference } from './validate-types.ts';

const common = {
  group: 'instancetype.kubevirt.io',
  version: 'v1beta1',
  body: object({ spec: required(preferenceSpec) }),
  validate: validatePreference,
  columns: [age],
} as const;

export const virtualMachinePreference = defineKind({
  ...common,
  kind: 'VirtualMachinePreference',
  plural: 'virtualmachinepreferences',
  shortNames: ['vmpref', 'vmprefs', 'vmp', 'vmps'],
  categories: ['all'],
  description: 'What a guest likes best, for machines of its namespace to name.',
});

export const virtualMachineClusterPreference = defineKind({
  ...common,
  kind: 'VirtualMachineClusterPreference',
  plural: 'virtualmachineclusterpreferences',
  shortNames: ['vmcp', 'vmcps'],
  namespaced: false,
  description: 'What a guest likes best, for machines of every namespace to name.',
});

export type VirtualMachinePreference = ObjectOfKind<typeof virtualMachinePreference>;
