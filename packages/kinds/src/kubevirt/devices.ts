import { boolean, listOf, object, required, string } from '../machinery/index.ts';
import { kubevirt, marker } from './component-name.ts';
import { disk } from './disk.ts';
import { featureState } from './features.ts';
import { autoattachPodInterface, claimRequest, networkInterface } from './network-interface.ts';

/** Everything that a guest finds plugged in. */

const watchdog = object(
  {
    name: required(string('Name of the watchdog.')),
    i6300esb: object(
      { action: string('reset, poweroff or shutdown. Defaults to reset.') },
      'Watchdog of x86 machines.',
      kubevirt('I6300ESBWatchdog'),
    ),
    diag288: object(
      { action: string('reset, poweroff or shutdown. Defaults to reset.') },
      'Watchdog of s390x machines.',
      kubevirt('Diag288Watchdog'),
    ),
  },
  'Acts when the guest stops answering.',
  kubevirt('Watchdog'),
);

const hostDeviceFields = {
  name: required(string('Name of the device, unique in the machine.')),
  deviceName: string('Resource name under which hosts offer it, such as `nvidia.com/TU104GL_Tesla_T4`.'),
  tag: string('Word that tells the guest which device this is.'),
  ...claimRequest,
};

export const virtualGpuOptions = object(
  {
    display: object(
      { enabled: boolean('Defaults to true.'), ramFB: featureState },
      'Whether the device has a display.',
      kubevirt('VGPUDisplayOptions'),
    ),
  },
  'How a mediated device behaves.',
  kubevirt('VGPUOptions'),
);

export const gpu = object(
  { ...hostDeviceFields, virtualGPUOptions: virtualGpuOptions },
  'A graphics processor of the host, passed through.',
  kubevirt('GPU'),
);

export const hostDevice = object(hostDeviceFields, 'A device of the host, passed through.', kubevirt('HostDevice'));

export const rng = marker('Rng', 'Gives the guest randomness of the host.');

export const tpm = object(
  {
    enabled: boolean('Defaults to true.'),
    persistent: boolean('Keeps what it holds over restarts.'),
  },
  'An emulated trusted platform module.',
  kubevirt('TPMDevice'),
);

const input = object(
  {
    name: required(string('Name of the device.')),
    type: required(string('tablet or keyboard.')),
    bus: string('virtio or usb. Defaults to usb for a tablet.'),
  },
  'Something to point or type with.',
  kubevirt('Input'),
);

const filesystem = object(
  {
    name: required(string('Name of the volume that is shared, and the tag by which the guest mounts it.')),
    virtiofs: required(marker('FilesystemVirtiofs', 'Shared by virtiofs.')),
  },
  'A volume that the guest mounts as files.',
  kubevirt('Filesystem'),
);

export const devices = object(
  {
    disks: listOf(disk, 'Disks, each showing the volume of its name.', { maxItems: 256 }),
    interfaces: listOf(networkInterface, 'Network interfaces.', { maxItems: 256 }),
    inputs: listOf(input, 'Input devices.'),
    filesystems: listOf(filesystem, 'Volumes shared as files.'),
    gpus: listOf(gpu, 'Graphics processors passed through.'),
    hostDevices: listOf(hostDevice, 'Devices of the host passed through.'),
    watchdog,
    rng,
    tpm,
    sound: object(
      { name: required(string('Name of the device.')), model: string('ich9 or ac97. Defaults to ich9.') },
      'A sound card.',
      kubevirt('SoundDevice'),
    ),
    video: object(
      { type: string('Video device: vga, bochs, virtio, cirrus, ramfb, none.') },
      'Video device.',
      kubevirt('VideoDevice'),
    ),
    panicDevices: listOf(
      object(
        { model: string('isa, hyperv or pvpanic.') },
        'Tells the host when the guest crashes.',
        kubevirt('PanicDevice'),
      ),
      'Devices that report a crash of the guest.',
    ),
    clientPassthrough: marker('ClientPassthroughDevices', 'Lets a client lend its own USB devices.'),
    downwardMetrics: marker('DownwardMetrics', 'Shows metrics of the host to the guest over a serial port.'),
    autoattachPodInterface,
    autoattachGraphicsDevice: boolean('False leaves out the graphics device. Defaults to true.'),
    autoattachSerialConsole: boolean('False leaves out the serial console. Defaults to true.'),
    autoattachMemBalloon: boolean('False leaves out the memory balloon. Defaults to true.'),
    autoattachInputDevice: boolean('Adds an input device where none is listed.'),
    autoattachVSOCK: boolean('Adds a socket between guest and host.'),
    logSerialConsole: boolean('Keeps what the serial console says as a log.'),
    blockMultiQueue: boolean('Disks get as many queues as there are processors.'),
    networkInterfaceMultiqueue: boolean('Network interfaces get as many queues as there are processors.'),
    disableHotplug: boolean('Nothing can be plugged in while the machine runs.'),
    useVirtioTransitional: boolean('Uses the older virtio devices, for guests that know no others.'),
  },
  'Devices of the machine.',
  kubevirt('Devices'),
);
