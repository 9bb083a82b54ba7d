import { type VirtualMachineInstanceSpec, wholeUnits } from '@godwit/kinds';

const MIB = 2 ** 20;
/** Linux plugs memory in blocks of this size on x86. */
export const MEMORY_BLOCK_BYTES = 128 * MIB;

/** Memory that the guest is to have, in bytes, rounded up as hypervisors count it; 0 where nothing is said. */
export function wantedMemoryBytes({ domain }: VirtualMachineInstanceSpec): number {
  return Math.ceil(wholeUnits(domain.memory?.guest) / MIB) * MIB;
}

/** Whether memory can be taken back from the guest while it runs. */
export function hasBalloon({ domain }: VirtualMachineInstanceSpec): boolean {
  return domain.devices.autoattachMemBalloon !== false;
}
