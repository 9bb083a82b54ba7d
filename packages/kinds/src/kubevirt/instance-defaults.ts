import type { Draft, ObjectMeta } from '../machinery/index.ts';
import { binaryQuantity, parseQuantity, wholeUnits } from '../quantity.ts';
import { beginInstance } from './instance-beginning.ts';
import type { VirtualMachineDomain, VirtualMachineInstanceSpec } from './virtual-machine-instance-spec.ts';
import type { VirtualMachineInstanceStatus } from './virtual-machine-instance-status.ts';

/**
 * What an instance gets that its user left out. The rules are KubeVirt's (`pkg/defaults`): processors from
 * requests or limits, memory from requests, a disk for each volume that nobody shows, the default network,
 * and room to grow.
 */

/** How many times its first size a machine may grow, in sockets and in memory: KubeVirt's hotplug ratio. */
const GROWTH = 4;
/** No machine type takes more processors than this; growth stops here. */
const MOST_PROCESSORS = 512;
/** Memory modules begin and end at multiples of this. */
const ALIGNMENT_BYTES = 2 * 1024 ** 2;
/** What a guest gets where nothing says how it shuts down, in seconds. */
export const defaultGracePeriodSeconds = 30;

type SpecDraft = Draft<VirtualMachineInstanceSpec>;

/** Fills in an instance. One without a uid is new, and gets its first status too. */
export function defaultInstance(draft: {
  readonly metadata: Draft<ObjectMeta>;
  readonly spec: SpecDraft;
  status?: Draft<VirtualMachineInstanceStatus>;
}): void {
  defaultSpec(draft.spec);
  if (!draft.metadata.uid) beginInstance(draft);
}

export function defaultSpec(spec: SpecDraft): void {
  spec.architecture ||= 'amd64';
  defaultMachineType(spec);
  defaultRequests(spec);
  defaultProcessors(spec);
  defaultMemory(spec);
  defaultPullPolicies(spec);
  addUnlistedDevices(spec);
  defaultDevices(spec);
}

/** Devices that a machine has though its user listed none: a disk for each volume, a tablet, the default network. */
export function addUnlistedDevices(spec: SpecDraft): void {
  showVolumes(spec);
  const { devices } = spec.domain;
  if (devices.autoattachInputDevice && !devices.inputs?.length) devices.inputs = [{ name: 'default-0', type: '' }];
  defaultNetworks(spec);
}

export function defaultMachineType(spec: SpecDraft): void {
  const type = spec.architecture === 'arm64' ? 'virt' : 'q35';
  spec.domain.machine = { ...spec.domain.machine, type: spec.domain.machine?.type || type };
}

function defaultRequests(spec: SpecDraft): void {
  const limit = spec.domain.resources?.limits?.cpu;
  if (limit === undefined || spec.domain.resources?.requests?.cpu !== undefined) return;
  spec.domain.resources = {
    ...spec.domain.resources,
    requests: { ...spec.domain.resources?.requests, cpu: limit },
  };
}

function defaultProcessors(spec: SpecDraft): void {
  const given = spec.domain.cpu ?? {};
  const { limits, requests } = spec.domain.resources ?? {};
  const silent = !given.cores && !given.sockets && !given.threads;
  const sockets = given.sockets || (silent ? Math.max(1, wholeUnits(limits?.cpu ?? requests?.cpu ?? 1)) : 1);
  const cores = given.cores || 1;
  const threads = given.threads || 1;
  const most = Math.max(sockets, Math.min(sockets * GROWTH, Math.floor(MOST_PROCESSORS / (cores * threads))));
  spec.domain.cpu = {
    ...given,
    cores,
    sockets,
    threads,
    maxSockets: given.maxSockets || most,
    model: given.model || 'host-model',
  };
}

function defaultMemory(spec: SpecDraft): void {
  const { limits, requests } = spec.domain.resources ?? {};
  const memory = spec.domain.memory ?? {};
  const guest = memory.guest ?? requests?.memory ?? limits?.memory ?? memory.hugepages?.pageSize;
  if (guest === undefined) return;
  spec.domain.memory = { ...memory, guest };
  if (memory.maxGuest !== undefined || !canGrow(spec.domain)) return;
  spec.domain.memory.maxGuest = binaryQuantity(wholeUnits(guest) * GROWTH);
}

/** Memory is plugged in as modules, which real-time guests and encrypted ones cannot take. */
function canGrow(domain: Draft<VirtualMachineDomain>): boolean {
  if (domain.cpu?.realtime || domain.launchSecurity || domain.cpu?.numa?.guestMappingPassthrough) return false;
  const bytes = parseQuantity(domain.memory?.guest) ?? 0;
  return bytes > 0 && bytes % ALIGNMENT_BYTES === 0;
}

function defaultPullPolicies(spec: SpecDraft): void {
  for (const { containerDisk } of spec.volumes ?? []) if (containerDisk) defaultPullPolicy(containerDisk);
  const kernel = spec.domain.firmware?.kernelBoot?.container;
  if (kernel) defaultPullPolicy(kernel);
}

function showVolumes(spec: SpecDraft): void {
  const { devices } = spec.domain;
  const shown = new Set([...(devices.disks ?? []), ...(devices.filesystems ?? [])].map(({ name }) => name));
  const hidden = (spec.volumes ?? []).filter((volume) => !shown.has(volume.name) && !volume.memoryDump);
  if (hidden.length > 0) devices.disks = [...(devices.disks ?? []), ...hidden.map(({ name }) => ({ name }))];
}

function defaultPullPolicy(source: { image: string; imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' }): void {
  // A colon before the last slash belongs to the port of the registry.
  const untagged = !/[:@]/.test(source.image.slice(source.image.lastIndexOf('/') + 1));
  source.imagePullPolicy ??= untagged || source.image.endsWith(':latest') ? 'Always' : 'IfNotPresent';
}

function defaultDevices(spec: SpecDraft): void {
  const bus = spec.architecture === 'amd64' ? 'sata' : 'virtio';
  for (const disk of spec.domain.devices.disks ?? []) {
    if (!disk.disk && !disk.cdrom && !disk.lun) disk.disk = {};
    const target = disk.disk ?? disk.cdrom ?? disk.lun;
    if (target) target.bus ||= bus;
  }
  const { watchdog, inputs } = spec.domain.devices;
  for (const input of inputs ?? []) {
    input.type ||= 'tablet';
    if (input.type === 'tablet') input.bus ||= 'usb';
  }
  if (watchdog && !watchdog.diag288) {
    watchdog.i6300esb = { ...watchdog.i6300esb, action: watchdog.i6300esb?.action || 'reset' };
  }
}

function defaultNetworks(spec: SpecDraft): void {
  const { devices } = spec.domain;
  if (spec.networks?.length || devices.interfaces?.length || devices.autoattachPodInterface === false) return;
  spec.networks = [{ name: 'default', pod: {} }];
  devices.interfaces = [{ name: 'default', bridge: {} }];
}
