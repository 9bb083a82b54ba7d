import {
  boolean,
  int32,
  int64,
  listOf,
  mapOf,
  object,
  oneOf,
  required,
  type Static,
  string,
  time,
} from '../machinery/index.ts';
import { kubevirt } from './component-name.ts';
import { disk } from './disk.ts';
import { virtualMachineCondition } from './machine-condition.ts';
import { changedBlockTrackingStatus, storageMigratedVolume } from './migration-state.ts';
import { dataVolumeVolume, persistentVolumeClaimVolume } from './volume.ts';

/** How a VirtualMachine stands. Written by its controller, and by start, stop and restart. */

/** What `kubectl get vm` shows. The words are KubeVirt's. */
export const printableStatuses = [
  'Stopped',
  'Provisioning',
  'Starting',
  'Running',
  'Paused',
  'Stopping',
  'Terminating',
  'CrashLoopBackOff',
  'Migrating',
  'Unknown',
  'ErrorUnschedulable',
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrorPvcNotFound',
  'DataVolumeError',
  'WaitingForVolumeBinding',
  'WaitingForReceiver',
] as const;

/** What a VirtualMachine does when nobody asks, and when its instance ends. */
export const runStrategies = ['Always', 'RerunOnFailure', 'Manual', 'Halted', 'Once', 'WaitAsReceiver'] as const;

const dryRun = listOf(string(), '`All`: goes the whole way and changes nothing.');

const stateChangeRequest = object(
  {
    action: required(oneOf(['Start', 'Stop'], 'What to do.')),
    uid: string('UID of the instance to stop; a request for another one is dropped.'),
    data: mapOf(string(), 'How to do it: `paused` = `true` starts the machine paused.'),
  },
  'Something that a user asked for and that is still to be done.',
  kubevirt('VirtualMachineStateChangeRequest'),
);

const instancetypeReference = object(
  {
    name: string('Name.'),
    kind: string('Kind.'),
    controllerRevisionRef: object(
      { name: string('Name.') },
      'The ControllerRevision that keeps it as it was.',
      kubevirt('ControllerRevisionRef'),
    ),
    inferFromVolume: string('Volume that named it.'),
    inferFromVolumeFailurePolicy: string('What happens when the volume does not name it.'),
  },
  'The type or preference that was used.',
  kubevirt('InstancetypeStatusRef'),
);

const volumeRequest = object(
  {
    addVolumeOptions: object(
      {
        name: required(string('Name of the disk and the volume.')),
        disk: required(disk),
        volumeSource: required(
          object(
            { persistentVolumeClaim: persistentVolumeClaimVolume, dataVolume: dataVolumeVolume },
            'Where the bytes of the volume come from.',
            kubevirt('HotplugVolumeSource'),
          ),
        ),
        dryRun,
      },
      'A volume to plug in.',
      kubevirt('AddVolumeOptions'),
    ),
    removeVolumeOptions: object(
      { name: required(string('Name of the volume.')), dryRun },
      'A volume to take out.',
      kubevirt('RemoveVolumeOptions'),
    ),
  },
  'A change of volumes that is still to be made.',
  kubevirt('VirtualMachineVolumeRequest'),
);

export const virtualMachineStatus = object(
  {
    printableStatus: oneOf(printableStatuses, 'How the machine stands, in one word.'),
    created: boolean('Its instance exists.'),
    ready: boolean('Its instance runs and answers.'),
    conditions: listOf(virtualMachineCondition, 'Aspects of how the machine stands.'),
    runStrategy: string('Run strategy when the controller last looked.'),
    observedGeneration: int64('Generation of the spec that the instance was made from.'),
    desiredGeneration: int64('Generation of the spec when the controller last looked.'),
    stateChangeRequests: listOf(stateChangeRequest, 'What users asked for and is still to be done.'),
    startFailure: object(
      {
        consecutiveFailCount: int32('Failed starts in a row.'),
        lastFailedVMIUID: string('UID of the instance that failed last.'),
        retryAfterTimestamp: time('When it is tried again.'),
      },
      'Starts that failed, and when the next is due.',
      kubevirt('VirtualMachineStartFailure'),
    ),
    volumeRequests: listOf(volumeRequest, 'Changes of volumes that are still to be made.'),
    volumeSnapshotStatuses: listOf(
      object(
        {
          name: required(string('Name of the volume.')),
          enabled: required(boolean('It can be snapshotted.')),
          reason: string('Why it cannot.'),
        },
        'Whether a volume can be snapshotted.',
        kubevirt('VolumeSnapshotStatus'),
      ),
      'Which volumes can be snapshotted.',
    ),
    volumeUpdateState: object(
      {
        volumeMigrationState: object(
          { migratedVolumes: listOf(storageMigratedVolume, 'Volumes that move.') },
          'Volumes that move to other claims.',
          kubevirt('VolumeMigrationState'),
        ),
      },
      'How a change of volumes stands.',
      kubevirt('VolumeUpdateState'),
    ),
    memoryDumpRequest: object(
      {
        claimName: required(string('Claim that receives the dump.')),
        phase: required(string('How far it is.')),
        fileName: string('File name.'),
        message: string('What went wrong.'),
        remove: boolean('The claim is to be let go.'),
        startTimestamp: time('When it began.'),
        endTimestamp: time('When it ended.'),
      },
      'A dump of the memory.',
      kubevirt('VirtualMachineMemoryDumpRequest'),
    ),
    snapshotInProgress: string('Snapshot that is being taken.'),
    restoreInProgress: string('Restore that is under way.'),
    instancetypeRef: instancetypeReference,
    preferenceRef: instancetypeReference,
    changedBlockTracking: changedBlockTrackingStatus,
  },
  'How the machine stands.',
  kubevirt('VirtualMachineStatus'),
);

export type VirtualMachineStatus = Static<typeof virtualMachineStatus>;
export type PrintableStatus = (typeof printableStatuses)[number];
export type RunStrategy = (typeof runStrategies)[number];
export type StateChangeRequest = Static<typeof stateChangeRequest>;
