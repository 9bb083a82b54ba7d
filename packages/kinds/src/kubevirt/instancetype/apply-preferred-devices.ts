import type { Draft } from '../../machinery/index.ts';
import type {
  VirtualMachineDevices,
  VirtualMachineDisk,
  VirtualMachineInstanceSpec,
  VirtualMachineInterface,
} from '../virtual-machine-instance-spec.ts';
import type { PreferenceSpec } from './preference-spec.ts';

type SpecDraft = Draft<VirtualMachineInstanceSpec>;
type Preferred = Draft<NonNullable<PreferenceSpec['devices']>>;

/** What decides which devices there are at all; comes before devices are added that nobody listed. */
export function applyAutoattach(devices: Draft<VirtualMachineDevices>, preferred: Preferred): void {
  for (const name of ['GraphicsDevice', 'MemBalloon', 'PodInterface', 'SerialConsole', 'InputDevice'] as const) {
    const wanted = preferred[`preferredAutoattach${name}`];
    if (wanted !== undefined) devices[`autoattach${name}`] ??= wanted;
  }
}

export function applyPreferredDevices(spec: SpecDraft, preferred: Preferred): void {
  const { devices } = spec.domain;
  const flags = {
    useVirtioTransitional: preferred.preferredUseVirtioTransitional,
    blockMultiQueue: preferred.preferredBlockMultiQueue,
    networkInterfaceMultiqueue: preferred.preferredNetworkInterfaceMultiQueue,
    disableHotplug: preferred.preferredDisableHotplug,
  };
  for (const name of Object.keys(flags) as (keyof typeof flags)[]) {
    const wanted = flags[name];
    if (wanted !== undefined) devices[name] ??= wanted;
  }
  if (preferred.preferredRng) devices.rng ??= preferred.preferredRng;
  if (preferred.preferredTPM) devices.tpm ??= preferred.preferredTPM;
  if (preferred.preferredSoundModel && devices.sound) devices.sound.model ||= preferred.preferredSoundModel;
  if (preferred.preferredVideoType) {
    devices.video = { ...devices.video, type: devices.video?.type || preferred.preferredVideoType };
  }
  if (preferred.preferredPanicDeviceModel) {
    const model = preferred.preferredPanicDeviceModel;
    if (!devices.panicDevices?.length) devices.panicDevices = [{ model }];
    for (const device of devices.panicDevices) device.model ??= model;
  }
  for (const gpu of devices.gpus ?? []) {
    if (preferred.preferredVirtualGPUOptions) gpu.virtualGPUOptions ??= preferred.preferredVirtualGPUOptions;
  }
  for (const input of devices.inputs ?? []) {
    if (preferred.preferredInputBus) input.bus ||= preferred.preferredInputBus;
    if (preferred.preferredInputType) input.type ||= preferred.preferredInputType;
  }
  for (const disk of devices.disks ?? []) applyToDisk(disk, preferred);
  for (const nic of devices.interfaces ?? []) applyToInterface(nic, spec, preferred);
}

function applyToDisk(disk: Draft<VirtualMachineDisk>, preferred: Preferred): void {
  if (disk.cdrom) {
    if (preferred.preferredCdromBus) disk.cdrom.bus ||= preferred.preferredCdromBus;
    return;
  }
  if (disk.lun) {
    if (preferred.preferredLunBus) disk.lun.bus ||= preferred.preferredLunBus;
    return;
  }
  disk.disk ??= {};
  if (preferred.preferredDiskBus) disk.disk.bus ||= preferred.preferredDiskBus;
  if (preferred.preferredDiskBlockSize) disk.blockSize ??= preferred.preferredDiskBlockSize;
  if (preferred.preferredDiskCache) disk.cache ||= preferred.preferredDiskCache;
  if (preferred.preferredDiskIO) disk.io ||= preferred.preferredDiskIO;
  if (preferred.preferredDiskDedicatedIoThread !== undefined && disk.disk.bus === 'virtio') {
    disk.dedicatedIOThread ??= preferred.preferredDiskDedicatedIoThread;
  }
}

const BINDINGS = ['bridge', 'masquerade', 'sriov', 'passtBinding', 'binding'] as const;

function applyToInterface(nic: Draft<VirtualMachineInterface>, { networks }: SpecDraft, preferred: Preferred): void {
  if (preferred.preferredInterfaceModel) nic.model ||= preferred.preferredInterfaceModel;
  const open = BINDINGS.every((binding) => nic[binding] === undefined);
  const onPodNetwork = networks?.find(({ name }) => name === nic.name)?.pod !== undefined;
  if (open && onPodNetwork && preferred.preferredInterfaceMasquerade) {
    nic.masquerade = preferred.preferredInterfaceMasquerade;
  }
}
