import { type Draft, isDeepEqual } from '../../machinery/index.ts';
import { parseQuantity } from '../../quantity.ts';
import type { VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { topologyOf } from './cpu-topology.ts';
import type { InstancetypeSpec } from './instancetype-spec.ts';
import type { PreferenceSpec } from './preference-spec.ts';

/** What an instancetype says, a machine must not say too: KubeVirt's rules, `pkg/instancetype/apply`. */

type Spec = VirtualMachineInstanceSpec;

/**
 * What of a machine stands against what of an instancetype. Without `type`, every instancetype says it in words of
 * its own.
 */
interface Overlap {
  /** Dot path below the spec of the instance. */
  readonly field: string;
  readonly said: (spec: Spec) => unknown;
  readonly type?: (type: InstancetypeSpec) => unknown;
}

const overlaps: readonly Overlap[] = [
  { field: 'nodeSelector', said: (spec) => spec.nodeSelector, type: (type) => type.nodeSelector },
  { field: 'schedulerName', said: (spec) => spec.schedulerName, type: (type) => type.schedulerName },
  { field: 'domain.resources.requests.cpu', said: ({ domain }) => domain.resources?.requests?.cpu },
  { field: 'domain.resources.limits.cpu', said: ({ domain }) => domain.resources?.limits?.cpu },
  { field: 'domain.cpu.sockets', said: ({ domain }) => domain.cpu?.sockets || undefined },
  { field: 'domain.cpu.cores', said: ({ domain }) => domain.cpu?.cores || undefined },
  { field: 'domain.cpu.threads', said: ({ domain }) => domain.cpu?.threads || undefined },
  { field: 'domain.cpu.model', said: ({ domain }) => domain.cpu?.model || undefined, type: ({ cpu }) => cpu.model },
  {
    field: 'domain.cpu.dedicatedCpuPlacement',
    said: ({ domain }) => domain.cpu?.dedicatedCpuPlacement || undefined,
    type: ({ cpu }) => cpu.dedicatedCPUPlacement,
  },
  {
    field: 'domain.cpu.isolateEmulatorThread',
    said: ({ domain }) => domain.cpu?.isolateEmulatorThread || undefined,
    type: ({ cpu }) => cpu.isolateEmulatorThread,
  },
  { field: 'domain.cpu.numa', said: ({ domain }) => domain.cpu?.numa, type: ({ cpu }) => cpu.numa },
  { field: 'domain.cpu.realtime', said: ({ domain }) => domain.cpu?.realtime, type: ({ cpu }) => cpu.realtime },
  { field: 'domain.memory.guest', said: ({ domain }) => domain.memory?.guest, type: ({ memory }) => memory.guest },
  {
    field: 'domain.memory.hugepages',
    said: ({ domain }) => domain.memory?.hugepages,
    type: ({ memory }) => memory.hugepages,
  },
  {
    field: 'domain.memory.maxGuest',
    said: ({ domain }) => domain.memory?.maxGuest,
    type: ({ memory }) => memory.maxGuest,
  },
  { field: 'domain.resources.requests.memory', said: ({ domain }) => domain.resources?.requests?.memory },
  { field: 'domain.resources.limits.memory', said: ({ domain }) => domain.resources?.limits?.memory },
  {
    field: 'domain.ioThreads.supplementalPoolThreadCount',
    said: ({ domain }) => domain.ioThreads?.supplementalPoolThreadCount,
    type: (type) => type.ioThreads?.supplementalPoolThreadCount,
  },
  {
    field: 'domain.ioThreadsPolicy',
    said: ({ domain }) => domain.ioThreadsPolicy,
    type: (type) => type.ioThreadsPolicy,
  },
  { field: 'domain.launchSecurity', said: ({ domain }) => domain.launchSecurity, type: (type) => type.launchSecurity },
  { field: 'domain.devices.gpus', said: ({ domain }) => filled(domain.devices.gpus), type: ({ gpus }) => filled(gpus) },
  {
    field: 'domain.devices.hostDevices',
    said: ({ domain }) => filled(domain.devices.hostDevices),
    type: ({ hostDevices }) => filled(hostDevices),
  },
];

const filled = (list: readonly unknown[] | undefined) => (list?.length ? list : undefined);

/**
 * Fields of the instance, as dot paths below its spec, that the machine says though its instancetype does. Both may
 * say the same, unlike in KubeVirt: then nobody is misled.
 */
export function conflictsWith(spec: Spec, type: InstancetypeSpec): readonly string[] {
  return overlaps
    .filter(({ said, type: saysIt }) => {
      const own = said(spec);
      if (own === undefined || !saysIt) return own !== undefined;
      const given = saysIt(type);
      return given !== undefined && !isDeepEqual(own, given);
    })
    .map(({ field }) => field);
}

/** Annotations that both want, each in its own way. */
export function conflictingAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  type: InstancetypeSpec,
): readonly string[] {
  return Object.entries(type.annotations ?? {})
    .filter(([key, value]) => annotations?.[key] !== undefined && annotations[key] !== value)
    .map(([key]) => key);
}

/** Writes the size into the spec of an instance. Expects that nothing conflicts. */
export function applyInstancetype(
  spec: Draft<Spec>,
  type: Draft<InstancetypeSpec>,
  preference: PreferenceSpec | undefined,
): void {
  const { domain } = spec;
  const { guest, dedicatedCPUPlacement, ...cpu } = type.cpu;
  domain.cpu = {
    ...domain.cpu,
    ...cpu,
    ...(dedicatedCPUPlacement !== undefined && { dedicatedCpuPlacement: dedicatedCPUPlacement }),
    ...topologyOf(guest, preference),
  };
  const { overcommitPercent, ...memory } = type.memory;
  domain.memory = { ...domain.memory, ...memory };
  if (overcommitPercent) {
    const reserved = Math.floor((parseQuantity(memory.guest) ?? 0) * (1 - overcommitPercent / 100));
    domain.resources = {
      ...domain.resources,
      requests: { ...domain.resources?.requests, memory: String(reserved) },
    };
  }
  if (type.nodeSelector) spec.nodeSelector = type.nodeSelector;
  if (type.schedulerName) spec.schedulerName = type.schedulerName;
  if (type.ioThreads) domain.ioThreads = { ...domain.ioThreads, ...type.ioThreads };
  if (type.ioThreadsPolicy) domain.ioThreadsPolicy = type.ioThreadsPolicy;
  if (type.launchSecurity) domain.launchSecurity = type.launchSecurity;
  if (filled(type.gpus)) domain.devices.gpus = type.gpus ?? [];
  if (filled(type.hostDevices)) domain.devices.hostDevices = type.hostDevices ?? [];
}
