import { boolean, object, string } from '../../machinery/index.ts';
import { marker } from '../component-name.ts';
import { rng, tpm, virtualGpuOptions } from '../devices.ts';
import { blockSize } from '../disk.ts';
import { instancetypeName } from './instancetype-spec.ts';

/** Each holds where the machine itself says nothing. */
export const preferredDevices = object(
  {
    preferredAutoattachGraphicsDevice: boolean('Whether there is a graphics device.'),
    preferredAutoattachMemBalloon: boolean('Whether there is a memory balloon.'),
    preferredAutoattachPodInterface: boolean('Whether machines without networks join the default one.'),
    preferredAutoattachSerialConsole: boolean('Whether there is a serial console.'),
    preferredAutoattachInputDevice: boolean('Whether machines without input devices get one.'),
    preferredDisableHotplug: boolean('Nothing can be plugged in while the machine runs.'),
    preferredVirtualGPUOptions: virtualGpuOptions,
    preferredSoundModel: string('Model of sound cards.'),
    preferredUseVirtioTransitional: boolean('Older virtio devices.'),
    preferredInputBus: string('Bus of input devices.'),
    preferredInputType: string('Type of input devices.'),
    preferredDiskBus: string('Bus of disks: virtio, sata, scsi or usb.'),
    preferredLunBus: string('Bus of SCSI units passed through.'),
    preferredCdromBus: string('Bus of CD-ROMs.'),
    preferredDiskDedicatedIoThread: boolean('Disks on virtio get an I/O thread each.'),
    preferredDiskCache: string('How the host caches disks.'),
    preferredDiskIO: string('How the host does the input and output of disks.'),
    preferredDiskBlockSize: blockSize,
    preferredInterfaceModel: string('Device that network interfaces show as.'),
    preferredInterfaceMasquerade: marker('InterfaceMasquerade', 'Interfaces to the pod network masquerade.'),
    preferredRng: rng,
    preferredBlockMultiQueue: boolean('Disks get as many queues as there are processors.'),
    preferredNetworkInterfaceMultiQueue: boolean('Network interfaces get as many queues as there are processors.'),
    preferredTPM: tpm,
    preferredPanicDeviceModel: string('Model of the device that reports a crash.'),
    preferredVideoType: string('Type of the video device.'),
  },
  'Devices that the guest likes best.',
  instancetypeName('DevicePreferences'),
);
