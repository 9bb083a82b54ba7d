import { boolean, int32, object, oneOf, required, string } from '../machinery/index.ts';
import { kubevirt } from './component-name.ts';
import { featureState } from './features.ts';

/** Disks: how a guest sees a volume of the same name. */

const readonly = boolean('The guest cannot write.');
/** Which of them `disk`, `cdrom` and `lun` allow is checked in validation. */
const bus = string('Bus of the device: virtio, sata, scsi or usb.');

export const blockSize = object(
  {
    custom: object(
      {
        logical: int32('Logical block size in bytes, a power of two.'),
        physical: int32('Physical block size in bytes, a power of two not below the logical one.'),
        discardGranularity: int32('Smallest range in bytes that can be discarded.'),
      },
      'Sizes named outright.',
      kubevirt('CustomBlockSize'),
    ),
    matchVolume: featureState,
  },
  'Block sizes that the guest sees.',
  kubevirt('BlockSize'),
);

export const disk = object(
  {
    name: required(string('Name of the volume that the disk shows.')),
    disk: object(
      { bus, readonly, pciAddress: string('Place on the PCI bus, such as `0000:81:01.10`.') },
      'The volume shows as a disk; the default.',
      kubevirt('DiskTarget'),
    ),
    cdrom: object(
      {
        bus,
        readonly: boolean('Defaults to true, and can be nothing else.'),
        tray: oneOf(['open', 'closed'], 'Whether the tray starts open. Defaults to closed.'),
      },
      'The volume shows as a CD-ROM.',
      kubevirt('CDRomTarget'),
    ),
    lun: object(
      { bus, readonly, reservation: boolean('Passes SCSI reservations on to the device.') },
      'The volume is passed through as a SCSI unit.',
      kubevirt('LunTarget'),
    ),
    bootOrder: int32('Place in the boot order, from 1; smaller boots first.'),
    serial: string('Serial number that the guest reads, at most 256 characters.'),
    cache: string('How the host caches: none, writethrough or writeback. Defaults to none where possible.'),
    io: string('How the host does the input and output: native or threads.'),
    errorPolicy: string('What a failed operation does: stop, ignore, report or enospace. Defaults to stop.'),
    tag: string('Word that tells the guest which device this is.'),
    dedicatedIOThread: boolean('The disk gets an I/O thread of its own.'),
    shareable: boolean('Several machines may open the volume at once.'),
    changedBlockTracking: boolean('Keeps track of changed blocks, for incremental backups.'),
    blockSize,
  },
  'One disk of the machine.',
  kubevirt('Disk'),
);
