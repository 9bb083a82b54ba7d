import { Failure } from '@godwit/base';
import type { VirtualMachineDisk } from '@godwit/kinds';
import type { LaunchRequest, PreparedVolume } from '../../../hypervisor-driver.ts';
import { machineTypeOf } from './machine.ts';
import { device, identifier, type OptionValue, options } from './options.ts';

/** How many disks one SATA controller takes. */
const SATA_PORTS = 6;

interface PlannedDisk {
  readonly disk: VirtualMachineDisk;
  readonly volume: PreparedVolume;
  readonly bus: string;
  readonly cdrom: boolean;
  readonly bootIndex: number | undefined;
}

/** Disks and their controllers. A disk without a bus sits on virtio, a CD-ROM on SATA. */
export function diskArguments(request: LaunchRequest): string[] {
  const disks = planDisks(request);
  const sata = disks.filter(({ bus }) => bus === 'sata');
  const hotplug = request.spec.domain.devices.disableHotplug !== true;
  const scsi = hotplug || disks.some(({ bus }) => bus === 'scsi');
  return [
    ...Array.from({ length: Math.ceil(sata.length / SATA_PORTS) }).flatMap((_, index) =>
      device('ich9-ahci', { id: `sata${index}` }),
    ),
    ...(scsi ? device('virtio-scsi-pci', { id: 'scsi0' }) : []),
    ...ioThreads(request),
    ...disks.flatMap((planned) => [...blockNodes(planned), ...diskDevice(planned, sata.indexOf(planned), request)]),
  ];
}

function planDisks({ spec, prepared }: LaunchRequest): PlannedDisk[] {
  const disks = spec.domain.devices.disks ?? [];
  const shown = new Set(disks.map(({ name }) => name));
  // A volume that no disk names is shown as a virtio disk, as KubeVirt does; file systems are shared otherwise.
  const shared = new Set((spec.domain.devices.filesystems ?? []).map(({ name }) => name));
  const unnamed = prepared.volumes
    .filter(({ name }) => !shown.has(name) && !shared.has(name))
    .map(({ name }) => ({ name }));
  const all: VirtualMachineDisk[] = [...disks, ...unnamed];
  const ordered = all.some(({ bootOrder }) => bootOrder !== undefined);
  return all.map((disk, index) => {
    const volume = prepared.volumes.find(({ name }) => name === disk.name);
    if (!volume) throw new Failure('bad-volume', `disk ${disk.name} shows a volume that does not exist`);
    const cdrom = disk.cdrom !== undefined;
    const bus = (disk.disk ?? disk.cdrom ?? disk.lun)?.bus || (cdrom ? 'sata' : disk.lun ? 'scsi' : 'virtio');
    // Where nobody gave an order, the firmware tries the disks as they stand in the spec.
    return { disk, volume, bus, cdrom, bootIndex: disk.bootOrder ?? (ordered ? undefined : index + 1) };
  });
}

/** The chain from file to guest: protocol below, format above. A backing file is found by the format itself. */
function blockNodes(planned: PlannedDisk): string[] {
  const { disk, volume } = planned;
  const direct = disk.cache === undefined || disk.cache === '' ? volume.direct : disk.cache === 'none' && volume.direct;
  const native = disk.io === 'native' && direct;
  return [
    '-blockdev',
    options('', {
      driver: volume.format,
      'node-name': identifier('disk', disk.name),
      'read-only': isReadOnly(planned),
      discard: 'unmap',
      'cache.direct': direct,
      'file.driver': volume.path.startsWith('/dev/') ? 'host_device' : 'file',
      'file.filename': volume.path,
      'file.aio': native ? 'native' : 'threads',
      'file.cache.direct': direct,
      'file.discard': 'unmap',
      ...(disk.shareable && { 'file.locking': 'off' }),
    }),
  ];
}

function isReadOnly({ disk, volume, cdrom }: PlannedDisk): boolean {
  return cdrom || volume.readOnly || disk.disk?.readonly === true || disk.lun?.readonly === true;
}

function diskDevice(planned: PlannedDisk, sataIndex: number, { spec }: LaunchRequest): string[] {
  const { disk, bus, cdrom, bootIndex } = planned;
  const common: Record<string, OptionValue> = {
    id: identifier('device', disk.name),
    drive: identifier('disk', disk.name),
    bootindex: bootIndex,
    serial: disk.serial || undefined,
    ...(isReadOnly(planned) ? {} : errorPolicy(disk.errorPolicy)),
    'share-rw': disk.shareable || undefined,
    ...blockSizes(disk),
  };
  const writeCache = disk.cache === 'writethrough' ? { 'write-cache': false } : {};
  switch (bus) {
    case 'virtio':
      return device('virtio-blk-pci', {
        ...common,
        ...writeCache,
        ...(disk.dedicatedIOThread || spec.domain.ioThreadsPolicy ? { iothread: ioThreadOf(disk) } : {}),
      });
    case 'sata':
      if (!cdrom && isReadOnly(planned)) {
        throw new Failure(
          'unsupported-hardware',
          `disk ${disk.name}: a read-only disk cannot sit on SATA; virtio or scsi can`,
        );
      }
      return device(cdrom ? 'ide-cd' : 'ide-hd', {
        ...common,
        ...(cdrom ? {} : writeCache),
        bus: `sata${Math.floor(sataIndex / SATA_PORTS)}.${sataIndex % SATA_PORTS}`,
      });
    case 'scsi':
      return device(cdrom ? 'scsi-cd' : 'scsi-hd', { ...common, ...(cdrom ? {} : writeCache), bus: 'scsi0.0' });
    case 'usb':
      return device('usb-storage', { ...common, bus: 'usb.0', removable: cdrom || undefined });
    default:
      throw new Failure('unsupported-hardware', `disk ${disk.name}: no bus ${bus} on ${machineTypeOf(spec)}`);
  }
}

/** stop (the default) holds the guest until somebody has made room, so that it never sees a full host. */
function errorPolicy(policy: string | undefined): Record<string, OptionValue> {
  const words: Readonly<Record<string, string>> = {
    stop: 'stop',
    ignore: 'ignore',
    report: 'report',
    enospace: 'enospc',
  };
  const word = words[policy ?? 'stop'] ?? 'stop';
  return { werror: word, rerror: word === 'enospc' ? 'report' : word };
}

function blockSizes(disk: VirtualMachineDisk): Record<string, OptionValue> {
  const custom = disk.blockSize?.custom;
  if (!custom) return {};
  return {
    logical_block_size: custom.logical,
    physical_block_size: custom.physical,
    discard_granularity: custom.discardGranularity,
  };
}

function ioThreadOf(disk: VirtualMachineDisk): string {
  return disk.dedicatedIOThread ? identifier('thread', disk.name) : 'thread-shared';
}

function ioThreads({ spec }: LaunchRequest): string[] {
  const dedicated = (spec.domain.devices.disks ?? [])
    .filter(({ dedicatedIOThread }) => dedicatedIOThread)
    .map(ioThreadOf);
  const names = spec.domain.ioThreadsPolicy ? ['thread-shared', ...dedicated] : dedicated;
  return names.flatMap((id) => ['-object', options('iothread', { id })]);
}
