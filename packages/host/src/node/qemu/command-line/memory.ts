import type { VirtualMachineInstanceSpec } from '@godwit/kinds';
import { wholeUnits } from '@godwit/kinds';
import { MEMORY_BLOCK_BYTES } from '../../../virtual-machine/guest-size.ts';
import { device, options } from './options.ts';

const MIB = 1024 * 1024;
/** What a machine gets that asks for nothing. */
const DEFAULT_BYTES = 512 * MIB;
const GROWTH_FACTOR = 4;
/** How many times memory can be plugged. */
export const MEMORY_SLOTS = 16;

/** Memory at boot and at most, in bytes. */
export interface MemoryPlan {
  readonly bootBytes: number;
  readonly maximumBytes: number;
}

/** `guest`, else what is requested of the host, else what it is limited to; growing to `maxGuest`. */
export function memoryPlan(spec: VirtualMachineInstanceSpec): MemoryPlan {
  const { memory, resources } = spec.domain;
  const asked = wholeUnits(memory?.guest ?? resources?.requests?.memory ?? resources?.limits?.memory) || DEFAULT_BYTES;
  const bootBytes = Math.ceil(asked / MIB) * MIB;
  const fixed = memory?.hugepages || spec.domain.devices.disableHotplug;
  const maximum = wholeUnits(memory?.maxGuest) || (fixed ? bootBytes : bootBytes * GROWTH_FACTOR);
  return { bootBytes, maximumBytes: Math.max(bootBytes, Math.floor(maximum / MIB) * MIB) };
}

/** Memory, room to grow, and the balloon that takes it back. */
export function memoryArguments(spec: VirtualMachineInstanceSpec): string[] {
  const { bootBytes, maximumBytes } = memoryPlan(spec);
  const grows = maximumBytes - bootBytes >= MEMORY_BLOCK_BYTES;
  return [
    '-m',
    options('', {
      size: `${bootBytes / MIB}M`,
      ...(grows && { slots: MEMORY_SLOTS, maxmem: `${maximumBytes / MIB}M` }),
    }),
    ...hugePages(spec, bootBytes),
    ...(spec.domain.devices.autoattachMemBalloon === false
      ? []
      : device('virtio-balloon-pci', { id: 'balloon', 'deflate-on-oom': true, 'free-page-reporting': true })),
  ];
}

function hugePages(spec: VirtualMachineInstanceSpec, bootBytes: number): string[] {
  if (!spec.domain.memory?.hugepages) return [];
  return [
    '-object',
    options('memory-backend-memfd', {
      id: 'memory',
      size: bootBytes,
      hugetlb: true,
      hugetlbsize: wholeUnits(spec.domain.memory.hugepages.pageSize ?? '2Mi'),
    }),
    '-machine',
    'memory-backend=memory',
  ];
}
