import {
  int32,
  int64,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { kubevirt } from './component-name.ts';
import { machineType } from './firmware.ts';
import { virtualMachineInstanceCondition } from './machine-condition.ts';
import {
  changedBlockTrackingStatus,
  migrationState,
  persistentVolumeClaimInfo,
  storageMigratedVolume,
} from './migration-state.ts';

/** What is known of a running virtual machine. Written by the host that runs it; before that by the controller. */

/** The life of an instance, in order. Succeeded and Failed are final. */
export const virtualMachineInstancePhases = [
  'Pending',
  'Scheduling',
  'Scheduled',
  'Running',
  'Succeeded',
  'Failed',
  'WaitingForSync',
  'Unknown',
] as const;

const phase = oneOf([...virtualMachineInstancePhases, ''], 'Where the machine stands in its life.');

const guestOperatingSystem = object(
  {
    name: string('Name.'),
    prettyName: string('Name for people.'),
    id: string('Word that names the system.'),
    version: string('Version.'),
    versionId: string('Version number.'),
    kernelRelease: string('Release of the kernel.'),
    kernelVersion: string('Build of the kernel.'),
    machine: string('Processor architecture.'),
  },
  'The operating system, as the guest agent tells it.',
  kubevirt('VirtualMachineInstanceGuestOSInfo'),
);

const interfaceStatus = object(
  {
    name: string('Name of the interface in the spec.'),
    interfaceName: string('Name of the interface inside the guest.'),
    ipAddress: string('First address.'),
    ipAddresses: listOf(string(), 'All addresses.'),
    mac: string('MAC address.'),
    infoSource: string('Who told: domain, guest-agent, multus-status.'),
    linkState: string('up or down.'),
    podInterfaceName: string('Name of the interface on the host side.'),
    queueCount: int32('Number of queues.'),
  },
  'A network interface as it is.',
  kubevirt('VirtualMachineInstanceNetworkInterface'),
);

const checksum = { checksum: int64('Checksum, CRC-32.', { minimum: 0, maximum: 4294967295 }) };

const volumeStatus = object(
  {
    name: required(string('Name of the volume.')),
    target: required(string('Device in the guest, such as `vda`.')),
    phase: string('Pending, Bound, AttachedToNode, MountedToPod, Ready, Detaching, …'),
    reason: string('Why it stands so, in one word.'),
    message: string('Why it stands so, in words.'),
    size: int64('Size in bytes.'),
    persistentVolumeClaimInfo,
    containerDiskVolume: object(checksum, 'The disk of a container image.', kubevirt('ContainerDiskInfo')),
    hotplugVolume: object(
      { attachPodName: string('Pod that holds the volume.'), attachPodUID: string('UID of that pod.') },
      'Set when the volume was plugged in while the machine ran.',
      kubevirt('HotplugVolumeStatus'),
    ),
    memoryDumpVolume: object(
      {
        claimName: string('Claim that got the dump.'),
        targetFileName: string('File name.'),
        startTimestamp: time('When it began.'),
        endTimestamp: time('When it ended.'),
      },
      'A dump of the memory.',
      kubevirt('DomainMemoryDumpInfo'),
    ),
  },
  'A volume as it is.',
  kubevirt('VolumeStatus'),
);

export const virtualMachineInstanceStatus = object(
  {
    nodeName: string('Host on which the machine runs, or is to run.'),
    phase,
    reason: string('Why it failed, in one word.'),
    conditions: listOf(virtualMachineInstanceCondition, 'Aspects of how the machine stands.'),
    phaseTransitionTimestamps: listOf(
      object(
        { phase, phaseTransitionTimestamp: time('When the phase was entered.') },
        'When a phase was entered.',
        kubevirt('VirtualMachineInstancePhaseTransitionTimestamp'),
      ),
      'When each phase was entered.',
    ),
    interfaces: listOf(interfaceStatus, 'Network interfaces as they are.'),
    volumeStatus: listOf(volumeStatus, 'Volumes as they are.'),
    guestOSInfo: guestOperatingSystem,
    fsFreezeStatus: string('frozen while file systems of the guest are held still.'),
    currentCPUTopology: object(
      {
        cores: int64('Cores in each socket.', { minimum: 0 }),
        sockets: int64('Sockets.', { minimum: 0 }),
        threads: int64('Threads in each core.', { minimum: 0 }),
      },
      'Processors that the guest has now.',
      kubevirt('CPUTopology'),
    ),
    memory: object(
      {
        guestAtBoot: quantity('Memory at boot.'),
        guestCurrent: quantity('Memory now.'),
        guestRequested: quantity('Memory that was asked for last.'),
        memoryOverhead: quantity('Memory that the host reserves beyond it.'),
      },
      'Memory that the guest has now.',
      kubevirt('MemoryStatus'),
    ),
    machine: machineType,
    qosClass: oneOf(['Guaranteed', 'Burstable', 'BestEffort'], 'How it fares when the host runs short.'),
    migrationState,
    migrationMethod: string('LiveMigration (storage is shared) or BlockMigration (disks move too).'),
    migrationTransport: string('How migrations reach the other side.'),
    migratedVolumes: listOf(storageMigratedVolume, 'Volumes that move to other claims.'),
    evacuationNodeName: string('Host that the machine must leave.'),
    activePods: mapOf(string(), 'Pods in which the machine runs, by UID; none here.'),
    launcherContainerImageVersion: string('Image in which the machine runs; none here.'),
    kernelBootStatus: object(
      {
        kernelInfo: object(checksum, 'The kernel.', kubevirt('KernelInfo')),
        initrdInfo: object(checksum, 'The initial RAM disk.', kubevirt('InitrdInfo')),
      },
      'What was booted.',
      kubevirt('KernelBootStatus'),
    ),
    runtimeUser: int64('User id of the emulator.', { minimum: 0 }),
    selinuxContext: string('SELinux context of the emulator.'),
    topologyHints: object(
      { tscFrequency: int64('Frequency of the time stamp counter.') },
      'What a host must offer.',
      kubevirt('TopologyHints'),
    ),
    virtualMachineRevisionName: string('ControllerRevision of the VirtualMachine that was started.'),
    VSOCKCID: int64('Context id of the socket between guest and host.', { minimum: 0, maximum: 4294967295 }),
    changedBlockTracking: changedBlockTrackingStatus,
  },
  'How the machine is.',
  kubevirt('VirtualMachineInstanceStatus'),
);

export type VirtualMachineInstanceStatus = Static<typeof virtualMachineInstanceStatus>;
export type VirtualMachineInstancePhase = (typeof virtualMachineInstancePhases)[number];
export type VirtualMachineInterfaceStatus = NonNullable<VirtualMachineInstanceStatus['interfaces']>[number];
export type VirtualMachineVolumeStatus = NonNullable<VirtualMachineInstanceStatus['volumeStatus']>[number];
