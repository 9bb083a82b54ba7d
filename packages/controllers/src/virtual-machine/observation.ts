import type { DataVolume, PersistentVolumeClaim, Stored, VirtualMachine, VirtualMachineInstance } from '@godwit/kinds';

/** All that a decision about one machine is made from. */
export interface Observation {
  readonly machine: Stored<VirtualMachine>;
  /** The object of the machine's name, whoever made it. */
  readonly instance: Stored<VirtualMachineInstance> | undefined;
  readonly dataVolume: (name: string) => DataVolume | undefined;
  readonly claim: (name: string) => PersistentVolumeClaim | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** From 0 to 1: keeps machines that fail together from being tried together. */
  readonly chance: number;
}

export function isControlledBy(object: Stored<VirtualMachineInstance>, machine: Stored<VirtualMachine>): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => uid === machine.metadata.uid && controller === true,
  );
}
