import { thousandths, type VirtualMachineInstance, wholeUnits } from '@godwit/kinds';
import { amountsOf } from '../amounts.ts';
import { gpuOf, sinceOf, withGpuShares } from './common.ts';
import type { CoresRequest, MachineRequest, RequestContext } from './machine-request.ts';

/** A virtual processor that asks for nothing counts as a tenth of a core: KubeVirt's default ratio of 10. */
const CPU_THOUSANDTHS_PER_PROCESSOR = 100;

/** What the emulator itself takes: its program, each processor's thread and buffers, a display. */
const OVERHEAD_BYTES = { base: 32 * 1024 ** 2, processor: 4 * 1024 ** 2, display: 16 * 1024 ** 2 };
/** Page tables take one byte of every 512. */
const PAGE_TABLE_SHARE = 512;

/** What a virtual machine asks of a host. */
export function requestOfInstance(instance: VirtualMachineInstance, context: RequestContext = {}): MachineRequest {
  const { metadata, spec, status } = instance;
  const amounts = instanceAmounts(instance);
  const gpu = gpuOf(amounts, metadata.annotations);
  const cores = coresOf(instance);
  return {
    uid: metadata.uid ?? '',
    kind: 'VirtualMachineInstance',
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    labels: metadata.labels ?? {},
    amounts: withGpuShares(amounts, gpu),
    ports: [],
    finished: status?.phase === 'Succeeded' || status?.phase === 'Failed',
    ...(spec.architecture && { architecture: spec.architecture }),
    priority: context.priority ?? 0,
    nodeSelector: spec.nodeSelector,
    affinity: spec.affinity,
    tolerations: spec.tolerations ?? [],
    spread: spec.topologySpreadConstraints ?? [],
    volumes: context.volumes ?? [],
    ...(gpu && { gpu }),
    ...sinceOf(metadata.creationTimestamp),
    ...(cores && { cores }),
    ...imagesOf(instance),
  };
}

function imagesOf({ spec }: VirtualMachineInstance): Pick<MachineRequest, 'images'> {
  const kernel = spec.domain.firmware?.kernelBoot?.container?.image;
  const disks = (spec.volumes ?? []).flatMap(({ containerDisk }) => (containerDisk ? [containerDisk.image] : []));
  const images = [...(kernel ? [kernel] : []), ...disks];
  return images.length > 0 ? { images } : {};
}

/**
 * A guest that is to have less holds what it has until it has given it: room follows what it gave, never what it was
 * asked for.
 */
function held({ spec, status }: VirtualMachineInstance): { readonly sockets: number; readonly guestBytes: number } {
  const { cpu, memory } = spec.domain;
  const guestBytes = wholeUnits(memory?.guest);
  const current = status?.memory?.guestCurrent;
  return {
    sockets: Math.max(cpu?.sockets ?? 1, status?.currentCPUTopology?.sockets ?? 0),
    guestBytes: current === memory?.guest ? guestBytes : Math.max(guestBytes, wholeUnits(current)),
  };
}

/** A guest that shows more than it requests is overcommitted on purpose, and stays so by as much at any size. */
function memoryBytesOf({ spec, status }: VirtualMachineInstance, guestBytes: number): number {
  const { memory, resources } = spec.domain;
  const requested = resources?.requests?.memory;
  if (requested === undefined) return guestBytes || wholeUnits(resources?.limits?.memory);
  const bytesAtBoot = wholeUnits(status?.memory?.guestAtBoot ?? memory?.guest);
  return Math.ceil(wholeUnits(requested) * (bytesAtBoot > 0 ? guestBytes / bytesAtBoot : 1));
}

function instanceAmounts(instance: VirtualMachineInstance): Record<string, number> {
  const { spec } = instance;
  const { cpu, memory, resources, devices } = spec.domain;
  const { sockets, guestBytes: guest } = held(instance);
  const processors = sockets * (cpu?.cores ?? 1) * (cpu?.threads ?? 1);
  const asked = resources?.requests?.cpu ?? resources?.limits?.cpu;
  const share = cpu?.dedicatedCpuPlacement ? 1000 : CPU_THOUSANDTHS_PER_PROCESSOR;
  const memoryBytes = memoryBytesOf(instance, guest);
  const overhead = resources?.overcommitGuestOverhead ? 0 : overheadBytes(guest, processors, spec);
  const amounts: Record<string, number> = {
    ...amountsOf(resources?.requests),
    cpu: asked === undefined ? processors * share : thousandths(asked),
    memory: memoryBytes + overhead,
    pods: 1,
  };
  if (memory?.hugepages?.pageSize) {
    amounts[`hugepages-${memory.hugepages.pageSize}`] = guest;
    amounts.memory = overhead;
  }
  for (const { deviceName } of [...(devices.gpus ?? []), ...(devices.hostDevices ?? [])]) {
    if (deviceName) amounts[deviceName] = (amounts[deviceName] ?? 0) + 1;
  }
  return amounts;
}

/** Processors of its own: one for each of the guest's, and one for the emulator where it asks for that. */
function coresOf({ spec }: VirtualMachineInstance): CoresRequest | undefined {
  const { cpu } = spec.domain;
  if (!cpu?.dedicatedCpuPlacement) return undefined;
  const processors = (cpu.sockets ?? 1) * (cpu.cores ?? 1) * (cpu.threads ?? 1);
  const share = processors + (cpu.isolateEmulatorThread ? 1 : 0);
  return { count: 1, share, strict: cpu.numa?.guestMappingPassthrough !== undefined };
}

function overheadBytes(guestBytes: number, processors: number, spec: VirtualMachineInstance['spec']): number {
  const display = spec.domain.devices.autoattachGraphicsDevice === false ? 0 : OVERHEAD_BYTES.display;
  const added = wholeUnits(spec.domain.memory?.reservedOverhead?.addedOverhead);
  const pageTables = Math.ceil(guestBytes / PAGE_TABLE_SHARE);
  return OVERHEAD_BYTES.base + processors * OVERHEAD_BYTES.processor + display + pageTables + added;
}
