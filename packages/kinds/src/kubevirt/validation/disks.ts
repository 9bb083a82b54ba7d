import type { VirtualMachineDisk, VirtualMachineInstanceSpec } from '../virtual-machine-instance-spec.ts';
import { LABEL, PCI_ADDRESS, type Report } from './report.ts';

/** Rules for disks, as KubeVirt's admission has them (`pkg/storage/admitters/disks.go`). */

const BUSES = {
  disk: ['virtio', 'scsi', 'sata', 'usb'],
  cdrom: ['scsi', 'sata', 'usb'],
  lun: ['virtio', 'scsi', 'sata'],
} as const;
const LONGEST_SERIAL = 256;
const BLOCK_SIZES = { least: 512, most: 2 * 1024 * 1024 };

export function validateDisks(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const disks = spec.domain.devices.disks ?? [];
  const field = `${path}.domain.devices.disks`;
  report.unique(disks, field);
  for (const [index, disk] of disks.entries()) {
    validateDisk(disk, `${field}[${index}]`, report);
    validateSource(spec, disk, `${field}[${index}]`, report);
  }
  validateBootOrder(spec, `${path}.domain.devices`, report);
}

function validateDisk(disk: VirtualMachineDisk, field: string, report: Report): void {
  if (!LABEL.test(disk.name)) report.invalid(`${field}.name`, `"${disk.name}" is not a DNS label (RFC 1123)`);
  const kinds = (['disk', 'cdrom', 'lun'] as const).filter((kind) => disk[kind] !== undefined);
  if (kinds.length > 1) report.invalid(field, `can only be one of disk, cdrom and lun, not ${kinds.join(' and ')}`);
  for (const kind of kinds) validateBus(disk, kind, field, report);
  if (disk.disk?.pciAddress) validatePciAddress(disk.disk.pciAddress, disk.disk.bus, `${field}.disk`, report);
  if (disk.serial && !/^[A-Za-z0-9_.+-]+$/.test(disk.serial)) {
    report.invalid(`${field}.serial`, 'may only contain the characters A-Z a-z 0-9 _ . + -');
  }
  if (disk.serial && disk.serial.length > LONGEST_SERIAL) {
    report.add('FieldValueTooLong', `${field}.serial`, `may not be longer than ${LONGEST_SERIAL} characters`);
  }
  report.oneOf(`${field}.cache`, disk.cache, ['none', 'writethrough', 'writeback']);
  report.oneOf(`${field}.io`, disk.io, ['native', 'threads']);
  report.oneOf(`${field}.errorPolicy`, disk.errorPolicy, ['stop', 'ignore', 'report', 'enospace']);
  validateBlockSize(disk, `${field}.blockSize`, report);
}

function validateBus(disk: VirtualMachineDisk, kind: 'disk' | 'cdrom' | 'lun', field: string, report: Report): void {
  const bus = disk[kind]?.bus;
  report.oneOf(`${field}.${kind}.bus`, bus, BUSES[kind]);
  if (kind === 'disk' && disk.disk?.readonly && bus === 'sata') {
    report.invalid(`${field}.disk.readonly`, 'a hard disk on the sata bus cannot be read-only');
  }
  if (kind === 'cdrom' && disk.cdrom?.readonly === false) {
    report.invalid(`${field}.cdrom.readonly`, 'a CD-ROM can only be read');
  }
  if (disk.dedicatedIOThread && bus && bus !== 'virtio' && bus !== 'scsi') {
    report.add('FieldValueNotSupported', `${field}.dedicatedIOThread`, `I/O threads do not exist on the ${bus} bus`);
  }
}

function validatePciAddress(address: string, bus: string | undefined, field: string, report: Report): void {
  if (bus && bus !== 'virtio') report.invalid(`${field}.pciAddress`, 'a PCI address needs the virtio bus');
  if (!PCI_ADDRESS.test(address)) report.invalid(`${field}.pciAddress`, `"${address}" is not a PCI address`);
}

function validateBlockSize(disk: VirtualMachineDisk, field: string, report: Report): void {
  const size = disk.blockSize;
  if (!size?.custom) return;
  if (size.matchVolume && size.matchVolume.enabled !== false) {
    report.invalid(field, 'either matches the volume or has custom sizes, not both');
  }
  const { logical = 0, physical = 0, discardGranularity } = size.custom;
  for (const [name, value] of [
    ['logical', logical],
    ['physical', physical],
  ] as const) {
    const power = value > 0 && (value & (value - 1)) === 0;
    if (power && value >= BLOCK_SIZES.least && value <= BLOCK_SIZES.most) continue;
    const range = `from ${BLOCK_SIZES.least} to ${BLOCK_SIZES.most}`;
    report.invalid(`${field}.custom.${name}`, `must be a power of two ${range}, not ${value}`);
  }
  if (logical > physical) report.invalid(`${field}.custom.logical`, 'must not be greater than the physical size');
  if (discardGranularity !== undefined && discardGranularity % logical !== 0) {
    report.invalid(`${field}.custom.discardGranularity`, `must be a multiple of the logical size, ${logical}`);
  }
}

function validateSource(
  spec: VirtualMachineInstanceSpec,
  disk: VirtualMachineDisk,
  field: string,
  report: Report,
): void {
  const volume = spec.volumes?.find(({ name }) => name === disk.name);
  if (!volume) {
    report.invalid(`${field}.name`, `there is no volume named "${disk.name}" that this disk could show`);
    return;
  }
  if (disk.lun && !volume.persistentVolumeClaim && !volume.dataVolume) {
    report.invalid(`${field}.lun`, 'can only show a persistentVolumeClaim or dataVolume volume');
  }
  if (volume.downwardMetrics && disk.disk?.bus && disk.disk.bus !== 'virtio') {
    report.invalid(`${field}.disk.bus`, 'a downwardMetrics volume needs the virtio bus');
  }
  if (volume.containerPath) report.invalid(field, 'a containerPath volume is shared as a file system, not as a disk');
}

/** Boot orders count from 1, and no two devices, disk or interface, have the same. */
function validateBootOrder(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const taken = new Map<number, string>();
  for (const kind of ['disks', 'interfaces'] as const) {
    for (const [index, { bootOrder }] of (spec.domain.devices[kind] ?? []).entries()) {
      if (bootOrder === undefined) continue;
      const field = `${path}.${kind}[${index}].bootOrder`;
      const other = taken.get(bootOrder);
      if (bootOrder < 1) report.invalid(field, 'must be greater than 0');
      else if (other) report.add('FieldValueDuplicate', field, `is already the boot order of ${other}`);
      else taken.set(bootOrder, `${path}.${kind}[${index}]`);
    }
  }
}
