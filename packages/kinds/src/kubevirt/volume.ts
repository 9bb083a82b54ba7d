import { boolean, int32, listOf, object, oneOf, quantity, required, string } from '../machinery/index.ts';
import { resourceFieldSelector } from '../pod/environment.ts';
import { coreName } from '../shared/openapi-names.ts';
import { localObjectReference, objectFieldSelector } from '../shared/references.ts';
import { kubevirt, marker } from './component-name.ts';
import { imagePullPolicy } from './firmware.ts';

/** Volumes: where the bytes of disks and shared file systems come from. */

const volumeLabel = string('Label of the file system that the guest sees.');
const optional = boolean('The machine starts also when the object does not exist.');
const hotpluggable = boolean('Can be taken out while the machine runs.');

const cloudInit = {
  secretRef: localObjectReference,
  userDataBase64: string('User data, base64.'),
  userData: string('User data as text.'),
  networkDataSecretRef: localObjectReference,
  networkDataBase64: string('Network configuration, base64.'),
  networkData: string('Network configuration as text.'),
};

const claim = {
  claimName: required(string('Name of the PersistentVolumeClaim in the same namespace.')),
  readOnly: boolean('The guest cannot write.'),
};

const downwardFile = object(
  {
    path: required(string('Relative path of the file.')),
    fieldRef: objectFieldSelector,
    resourceFieldRef: resourceFieldSelector,
    mode: int32('Permission bits of the file.'),
  },
  'A file that shows something about the object itself.',
  coreName('DownwardAPIVolumeFile'),
);

export const persistentVolumeClaimVolume = object(
  { ...claim, hotpluggable },
  'A disk, or file system, in a PersistentVolumeClaim.',
  kubevirt('PersistentVolumeClaimVolumeSource'),
);

export const dataVolumeVolume = object(
  { name: required(string('Name of the DataVolume, and of the claim that it fills.')), hotpluggable },
  'A disk that a DataVolume fills first.',
  kubevirt('DataVolumeSource'),
);

const machineVolumes = {
  containerDisk: object(
    {
      image: required(string('Container image that holds the disk.')),
      imagePullPolicy,
      imagePullSecret: string('Name of the secret with which the registry is asked.'),
      path: string('Path of the disk in the image. Defaults to the only file under `/disk`.'),
    },
    'A disk from a container image. What the guest writes is lost when it stops.',
    kubevirt('ContainerDiskSource'),
  ),
  persistentVolumeClaim: persistentVolumeClaimVolume,
  dataVolume: dataVolumeVolume,
  emptyDisk: object(
    { capacity: required(quantity('Size of the disk.')) },
    'An empty disk that lives as long as the machine runs.',
    kubevirt('EmptyDiskSource'),
  ),
  ephemeral: object(
    {
      persistentVolumeClaim: object(
        claim,
        'The claim underneath, which is only read.',
        coreName('PersistentVolumeClaimVolumeSource'),
      ),
    },
    'A disk over a claim that is never changed: what the guest writes is lost when it stops.',
    kubevirt('EphemeralVolumeSource'),
  ),
  hostDisk: object(
    {
      path: required(string('Absolute path on the host.')),
      type: required(string('Disk (must be there) or DiskOrCreate.')),
      capacity: quantity('Size of the disk where it is created.'),
      shared: boolean('Several machines may open it.'),
    },
    'A disk image at a path of the host.',
    kubevirt('HostDisk'),
  ),
};

const dataVolumes = {
  cloudInitNoCloud: object(
    cloudInit,
    'Configures the guest by a disk labelled `cidata`.',
    kubevirt('CloudInitNoCloudSource'),
  ),
  cloudInitConfigDrive: object(
    cloudInit,
    'Configures the guest by a disk labelled `config-2`.',
    kubevirt('CloudInitConfigDriveSource'),
  ),
  sysprep: object(
    { secret: localObjectReference, configMap: localObjectReference },
    'Configures Windows by an answer file.',
    kubevirt('SysprepSource'),
  ),
  configMap: object(
    { name: string('Name of the ConfigMap.'), optional, volumeLabel },
    'The keys of a ConfigMap as files.',
    kubevirt('ConfigMapVolumeSource'),
  ),
  secret: object(
    { secretName: string('Name of the Secret.'), optional, volumeLabel },
    'The keys of a Secret as files.',
    kubevirt('SecretVolumeSource'),
  ),
  serviceAccount: object(
    { serviceAccountName: string('Name of the ServiceAccount.') },
    'Token, CA certificate and namespace of a ServiceAccount as files.',
    kubevirt('ServiceAccountVolumeSource'),
  ),
  downwardAPI: object(
    { fields: listOf(downwardFile, 'Files and what they show.'), volumeLabel },
    'Facts about the machine as files.',
    kubevirt('DownwardAPIVolumeSource'),
  ),
  downwardMetrics: marker('DownwardMetricsVolumeSource', 'Metrics of the host on a small disk.'),
  memoryDump: object(
    { ...claim, hotpluggable },
    'A claim that receives a dump of the memory.',
    kubevirt('MemoryDumpVolumeSource'),
  ),
  containerPath: object(
    { path: required(string('Absolute path.')), readOnly: boolean('The guest cannot write.') },
    'A path of the container in which the machine runs; not offered here, where none does.',
    kubevirt('ContainerPathVolumeSource'),
  ),
};

/** Names of the fields of a volume of which exactly one is set. */
export const volumeSources = Object.keys({ ...machineVolumes, ...dataVolumes });

export const volume = object(
  {
    name: required(string('Name by which disks and file systems show the volume.')),
    ...machineVolumes,
    ...dataVolumes,
  },
  'Bytes that the machine uses. Exactly one source is set.',
  kubevirt('Volume'),
);

export const utilityVolume = object(
  {
    name: required(string('Name of the volume.', { minLength: 1 })),
    claimName: required(string('Name of the PersistentVolumeClaim.', { minLength: 1 })),
    readOnly: boolean('Cannot be written to.'),
    type: oneOf(['MemoryDump', 'Backup'], 'What it is for.'),
  },
  'A volume for the platform, which the guest does not see.',
  kubevirt('UtilityVolume'),
);
