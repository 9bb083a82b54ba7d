import {
  boolean,
  int32,
  int64,
  listOf,
  mapOf,
  object,
  quantity,
  required,
  type Static,
  string,
} from '../../machinery/index.ts';
import { clockOffset, timer } from '../clock.ts';
import { cpuFeature } from '../compute.ts';
import { apic, featureState, hyperv, kvm } from '../features.ts';
import { efi, launchSecurity } from '../firmware.ts';
import { instancetypeName } from './instancetype-spec.ts';
import { preferredDevices } from './preferred-devices.ts';

const cpu = object(
  {
    preferredCPUTopology: string(
      'What virtual processors show as: sockets (default), cores, threads, spread or any; each also with `prefer` before it.',
    ),
    spreadOptions: object(
      {
        across: string('SocketsCores (default), SocketsCoresThreads or CoresThreads.'),
        ratio: int32('How many cores a socket has, or threads a core. Defaults to 2.', { minimum: 1 }),
      },
      'How virtual processors are spread with the topology spread.',
      instancetypeName('SpreadOptions'),
    ),
    preferredCPUFeatures: listOf(cpuFeature, 'Processor flags beyond those of the model.'),
  },
  'Processors as the guest likes them best.',
  instancetypeName('CPUPreferences'),
);

const features = object(
  {
    preferredAcpi: featureState,
    preferredApic: apic,
    preferredHyperv: hyperv,
    preferredKvm: kvm,
    preferredPvspinlock: featureState,
    preferredSmm: featureState,
  },
  'Features of processor and platform.',
  instancetypeName('FeaturePreferences'),
);

const firmware = object(
  {
    preferredUseBios: boolean('Boots with a BIOS.'),
    preferredUseBiosSerial: boolean('The BIOS shows on the serial console.'),
    preferredUseEfi: boolean('Boots with UEFI; older form of preferredEfi.'),
    preferredUseSecureBoot: boolean('Starts only signed code; older form of preferredEfi.secureBoot.'),
    preferredEfi: efi,
  },
  'Which firmware the machine boots with.',
  instancetypeName('FirmwarePreferences'),
);

const requirements = object(
  {
    cpu: object(
      { guest: required(int32('Fewest virtual processors.', { minimum: 0 })) },
      'Processors that the guest needs.',
      instancetypeName('CPUPreferenceRequirement'),
    ),
    memory: object(
      { guest: required(quantity('Least memory.')) },
      'Memory that the guest needs.',
      instancetypeName('MemoryPreferenceRequirement'),
    ),
    architecture: string('Processor architecture that the guest needs.'),
  },
  'Below this the guest does not work, and the machine is refused.',
  instancetypeName('PreferenceRequirements'),
);

/** What a guest likes best, said once for many machines: it holds where a machine says nothing itself. */
export const preferenceSpec = object(
  {
    cpu,
    devices: preferredDevices,
    features,
    firmware,
    requirements,
    machine: object(
      { preferredMachineType: string('Machine type of QEMU, such as `q35`.') },
      'Which mainboard the guest sees.',
      instancetypeName('MachinePreferences'),
    ),
    clock: object(
      { preferredClockOffset: clockOffset, preferredTimer: timer },
      'Clock and timers.',
      instancetypeName('ClockPreferences'),
    ),
    volumes: object(
      { preferredStorageClassName: string('StorageClass of volumes that are made with the machine.') },
      'Volumes.',
      instancetypeName('VolumePreferences'),
    ),
    preferredSubdomain: string('Subdomain of the guest.'),
    preferredTerminationGracePeriodSeconds: int64('Seconds that the guest has to shut down by itself.'),
    preferredArchitecture: string('Processor architecture.'),
    preferredLaunchSecurity: launchSecurity,
    preferSpreadSocketToCoreRatio: int32('Older form of cpu.spreadOptions.ratio.', { minimum: 0 }),
    annotations: mapOf(string(), 'Annotations that the instance gets, where it has not got them.'),
  },
  'What the guest likes best.',
  instancetypeName('VirtualMachinePreferenceSpec'),
);

export type PreferenceSpec = Static<typeof preferenceSpec>;
