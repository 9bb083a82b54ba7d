import type { DataVolume, PersistentVolumeClaim, Stored, VirtualMachine, VirtualMachineInstance } from '@godwit/kinds';
import type { Trouble } from './machine-conditions.ts';

/** All that a decision about one machine is made from. */
export interface Observation {
  /** With everything in its template that its instancetype and preference say. */
  readonly machine: Stored<VirtualMachine>;
  /** Why it could not be given that: nothing is started then. */
  readonly trouble?: Trouble | undefined;
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
