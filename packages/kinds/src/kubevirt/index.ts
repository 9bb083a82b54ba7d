/**
 * Virtual machines in KubeVirt's words (kubevirt.io/v1, cdi.kubevirt.io/v1beta1): one file a part of the
 * schema, one a kind, the rules in validation/, and in lifecycle.ts what start, stop and restart write.
 */
import type { KindDefinition } from '../machinery/index.ts';
import { dataVolume } from './data-volume.ts';
import { instancetypeKinds } from './instancetype/index.ts';
import { virtualMachine } from './virtual-machine.ts';
import { virtualMachineInstance } from './virtual-machine-instance.ts';
import { virtualMachineInstancePreset } from './virtual-machine-instance-preset.ts';
import { virtualMachineInstanceReplicaSet } from './virtual-machine-instance-replica-set.ts';
import { virtualMachinePool } from './virtual-machine-pool.ts';

export * from './data-volume.ts';
export type { DataVolumeSource, DataVolumeSpec } from './data-volume-spec.ts';
export { instanceFinalizer, sizeAtBoot } from './instance-beginning.ts';
export { defaultGracePeriodSeconds, defaultSpec as defaultInstanceSpec } from './instance-defaults.ts';
export { claimNames } from './instance-references.ts';
export * from './instancetype/index.ts';
export * from './lifecycle.ts';
export type { MachineCondition } from './machine-condition.ts';
export * from './virtual-machine.ts';
export * from './virtual-machine-instance.ts';
export * from './virtual-machine-instance-preset.ts';
export * from './virtual-machine-instance-replica-set.ts';
export type * from './virtual-machine-instance-spec.ts';
export type {
  VirtualMachineInstancePhase,
  VirtualMachineInstanceStatus,
  VirtualMachineInterfaceStatus,
  VirtualMachineVolumeStatus,
} from './virtual-machine-instance-status.ts';
export { virtualMachineInstancePhases } from './virtual-machine-instance-status.ts';
export * from './virtual-machine-pool.ts';
export type {
  PrintableStatus,
  RunStrategy,
  StateChangeRequest,
  VirtualMachineStatus,
} from './virtual-machine-status.ts';

/** The kinds of this folder, for the registry. */
export const kubevirtKinds: readonly KindDefinition[] = [
  virtualMachine as unknown as KindDefinition,
  virtualMachineInstance as unknown as KindDefinition,
  virtualMachineInstancePreset as unknown as KindDefinition,
  virtualMachineInstanceReplicaSet as unknown as KindDefinition,
  virtualMachinePool as unknown as KindDefinition,
  dataVolume as unknown as KindDefinition,
  ...instancetypeKinds,
];
