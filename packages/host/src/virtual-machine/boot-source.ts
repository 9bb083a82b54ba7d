import type { VirtualMachineInstance, VirtualMachineVolume } from '@godwit/kinds';

/** Volumes that can never hold a system: they are made for their instance, of files or of nothing. */
const NEVER_BOOTS = [
  'cloudInitNoCloud',
  'cloudInitConfigDrive',
  'configMap',
  'secret',
  'sysprep',
  'serviceAccount',
  'downwardAPI',
  'downwardMetrics',
  'emptyDisk',
] as const satisfies readonly (keyof VirtualMachineVolume)[];

/**
 * Whether there is anything that the firmware could boot from: a kernel, a disk that may hold a system, or an
 * interface that is told to (`bootOrder`). Without one a machine runs, but its guest never begins.
 */
export function hasBootSource({ domain, volumes = [] }: VirtualMachineInstance['spec']): boolean {
  if (domain.firmware?.kernelBoot?.container) return true;
  if (domain.devices.interfaces?.some(({ bootOrder }) => bootOrder !== undefined)) return true;
  const disks = new Set(domain.devices.disks?.map(({ name }) => name));
  return volumes.some(
    (volume) => disks.has(volume.name) && NEVER_BOOTS.every((source) => volume[source] === undefined),
  );
}
