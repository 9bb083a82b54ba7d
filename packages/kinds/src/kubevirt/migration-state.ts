import {
  boolean,
  int32,
  int64,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  required,
  string,
  time,
} from '../machinery/index.ts';
import { resourceList } from '../shared/resource-list.ts';
import { kubevirt } from './component-name.ts';

/** How a live migration of an instance stands. */

export const persistentVolumeClaimInfo = object(
  {
    claimName: string('Name of the claim.'),
    accessModes: listOf(string(), 'Access modes of the claim.'),
    volumeMode: string('Filesystem or Block.'),
    capacity: resourceList('Size that the claim got.'),
    requests: resourceList('Size that the claim asked for.'),
    preallocated: boolean('All its space is taken already.'),
    filesystemOverhead: string('Part of the volume that its file system takes.'),
  },
  'The claim behind a volume.',
  kubevirt('PersistentVolumeClaimInfo'),
);

export const storageMigratedVolume = object(
  {
    volumeName: required(string('Name of the volume.')),
    sourcePVCInfo: persistentVolumeClaimInfo,
    destinationPVCInfo: persistentVolumeClaimInfo,
  },
  'A volume that moves to another claim.',
  kubevirt('StorageMigratedVolumeInfo'),
);

const experimental = object(
  {
    compression: oneOf(['none', 'zstd'], 'How the memory is compressed on its way.'),
    downtimeTuning: object(
      {
        initialMs: int64('Downtime in milliseconds to begin with.'),
        steps: int32('Steps to the largest downtime.'),
        cooldownSeconds: int32('Seconds between two steps.'),
        startAfterIteration: int64('Passes over the memory before the first step.'),
      },
      'How the allowed downtime grows.',
      kubevirt('DowntimeTuningOptions'),
    ),
    stallDetector: object(
      {
        completionTimeoutFactor: quantity('Factor on the time-out.'),
        ewmaAlpha: quantity('Weight of the newest measurement.'),
        patienceWindowDecayFactor: quantity('How quickly patience runs out.'),
        precopyPossibleFactor: quantity('When copying ahead still makes sense.'),
        searchLocalMinima: boolean('Waits for a quiet moment.'),
        stallMargin: int64('Margin below which nothing moves.'),
        stallProgressTimeout: int64('Seconds without progress that count as a stall.'),
        switchoverTimeout: int64('Seconds for the switch-over.'),
      },
      'How a stalled migration is noticed.',
      kubevirt('StallDetectorOptions'),
    ),
  },
  'Options that may change.',
  kubevirt('ExperimentalMigrationOptions'),
);

const migrationConfiguration = object(
  {
    allowAutoConverge: boolean('Slows the guest down until its memory can be copied.'),
    allowPostCopy: boolean('Starts the target first and fetches memory as it is used.'),
    allowWorkloadDisruption: boolean('The guest may be paused or slowed down.'),
    bandwidthPerMigration: quantity('Bytes a second that one migration may take.'),
    completionTimeoutPerGiB: int64('Seconds for each GiB, after which it is given up.'),
    disableTLS: boolean('Sends memory without encryption.'),
    experimental,
    matchSELinuxLevelOnMigration: boolean('The target takes over the SELinux level.'),
    maxDowntimeMs: int64('Longest pause in milliseconds at the switch-over.'),
    network: string('Network over which migrations go.'),
    nodeDrainTaintKey: string('Taint that empties a host.'),
    parallelMigrationsPerCluster: int64('Migrations at once, all together.'),
    parallelOutboundMigrationsPerNode: int64('Migrations at once, away from one host.'),
    progressTimeout: int64('Seconds without progress after which it is given up.'),
    unsafeMigrationOverride: boolean('Migrates even where it is known to be unsafe.'),
    utilityVolumesTimeout: int64('Seconds to wait until utility volumes are free.'),
  },
  'The rules that this migration follows.',
  kubevirt('VMIMConfigurationOptions'),
);

const side = {
  domainName: string('Name of the machine there.'),
  domainNamespace: string('Namespace there.'),
  migrationUID: string('UID of the migration there.'),
  node: string('Host.'),
  persistentStatePVCName: string('Claim that keeps the state of firmware and TPM.'),
  pod: string('Pod, where the machine runs in one.'),
  selinuxContext: string('SELinux context.'),
  syncAddress: string('Address at which both sides agree.'),
  virtualMachineInstanceUID: string('UID of the instance there.'),
};

export const migrationState = object(
  {
    startTimestamp: time('When it began.'),
    endTimestamp: time('When it ended.'),
    completed: boolean('It is over.'),
    failed: boolean('It did not work.'),
    failureReason: string('Why it did not work.'),
    abortRequested: boolean('Somebody asked to stop it.'),
    abortStatus: string('How stopping it went: Succeeded, Failed or Aborting.'),
    mode: string('PreCopy, PostCopy or Paused.'),
    migrationUid: string('UID of the migration.'),
    migrationConfiguration,
    migrationPolicyName: string('Policy that applied.'),
    migrationNetworkType: string('Pod or Migration.'),
    sourceNode: string('Host that it leaves.'),
    sourcePod: string('Pod that it leaves, where there is one.'),
    sourcePersistentStatePVCName: string('Claim with the state of firmware and TPM.'),
    sourceState: object(
      { ...side, nodeSelectors: mapOf(string(), 'Labels that hosts there must have.') },
      'The side that it leaves.',
      kubevirt('VirtualMachineInstanceMigrationSourceState'),
    ),
    targetNode: string('Host that it goes to.'),
    targetNodeAddress: string('Address of that host.'),
    targetNodeDomainDetected: boolean('The machine was seen there.'),
    targetNodeDomainReadyTimestamp: time('When it was ready there.'),
    targetNodeTopology: string('Processor layout of that host.'),
    targetCPUSet: listOf(int32(), 'Host processors that it gets there.'),
    targetDirectMigrationNodePorts: mapOf(int32(), 'Ports on that host.'),
    targetMemoryOverhead: quantity('Memory reserved there beyond what the guest sees.'),
    targetPod: string('Pod that it goes to, where there is one.'),
    targetAttachmentPodUID: string('UID of the pod that holds plugged-in volumes.'),
    targetPersistentStatePVCName: string('Claim with the state of firmware and TPM.'),
    targetState: object(
      {
        ...side,
        attachmentPodUID: string('UID of the pod that holds plugged-in volumes.'),
        cpuSet: listOf(int32(), 'Host processors that it gets.'),
        directMigrationNodePorts: mapOf(int32(), 'Ports on the host.'),
        domainDetected: boolean('The machine was seen.'),
        domainReadyTimestamp: time('When it was ready.'),
        nodeAddress: string('Address of the host.'),
        nodeTopology: string('Processor layout of the host.'),
      },
      'The side that it goes to.',
      kubevirt('VirtualMachineInstanceMigrationTargetState'),
    ),
  },
  'How the last migration stands.',
  kubevirt('VirtualMachineInstanceMigrationState'),
);

export const backupStatus = object(
  {
    backupName: string('Name of the backup.'),
    backupMsg: string('How it went, in words.'),
    checkpointName: string('Checkpoint for the next incremental one.'),
    completed: boolean('It is over.'),
    failed: boolean('It did not work.'),
    quiesceStatus: string('Whether the guest could be held still.'),
    startTimestamp: time('When it began.'),
    endTimestamp: time('When it ended.'),
    volumes: listOf(
      object({ volumeName: required(string('Name of the volume.')) }, 'A volume in the backup.', {
        ...kubevirt('VirtualMachineInstanceBackupVolumeInfo'),
      }),
      'Volumes in the backup.',
    ),
  },
  'How the last backup stands.',
  kubevirt('VirtualMachineInstanceBackupStatus'),
);

export const changedBlockTrackingStatus = object(
  { state: required(string('Whether changed blocks are tracked.')), backupStatus },
  'Tracking of changed blocks, for incremental backups.',
  kubevirt('ChangedBlockTrackingStatus'),
);
