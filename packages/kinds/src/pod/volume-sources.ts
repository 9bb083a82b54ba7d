import { boolean, int32, listOf, mapOf, object, required, type Schema, string } from '../machinery/index.ts';
import { coreName } from '../shared/openapi-names.ts';

/**
 * Volume sources of pods and persistent volumes alike that name storage outside Godwit. Pods name a
 * Secret of their namespace, persistent volumes one of any namespace: hence the parameter, and hence
 * component names that differ.
 */
const fsType = string('File system of the volume, such as ext4.');
const readOnly = boolean('Mounted read-only.');

export const hostPath = object(
  { path: required(string('Path on the node.')), type: string('What must be there; empty for no check.') },
  'A file or directory of the node.',
  coreName('HostPathVolumeSource'),
);

export const nfs = object(
  {
    server: required(string('Name or address of the NFS server.')),
    path: required(string('Exported path.')),
    readOnly,
  },
  'A directory of an NFS server.',
  coreName('NFSVolumeSource'),
);

const nameOf = (base: string, persistent: boolean) =>
  coreName(persistent ? `${base}PersistentVolumeSource` : `${base}VolumeSource`);

/** Sources that name no Secret: the same for pods and persistent volumes. */
const plainSources = {
  hostPath,
  nfs,
  fc: object(
    {
      targetWWNs: listOf(string(), 'World-wide names of the targets.'),
      lun: int32('Number of the unit.'),
      fsType,
      readOnly,
      wwids: listOf(string(), 'World-wide identifiers.'),
    },
    'A Fibre Channel disk.',
    coreName('FCVolumeSource'),
  ),
  flocker: object(
    { datasetName: string('Name of the data set.'), datasetUUID: string('UUID of the data set.') },
    'A Flocker data set.',
    coreName('FlockerVolumeSource'),
  ),
  gcePersistentDisk: object(
    { pdName: required(string('Name of the disk.')), fsType, partition: int32('Partition.'), readOnly },
    'A Google disk.',
    coreName('GCEPersistentDiskVolumeSource'),
  ),
  awsElasticBlockStore: object(
    { volumeID: required(string('Id of the volume.')), fsType, partition: int32('Partition.'), readOnly },
    'An Amazon disk.',
    coreName('AWSElasticBlockStoreVolumeSource'),
  ),
  azureDisk: object(
    {
      diskName: required(string('Name of the disk.')),
      diskURI: required(string('Address of the disk.')),
      cachingMode: string('None, ReadOnly or ReadWrite.'),
      fsType,
      readOnly,
      kind: string('Shared, Dedicated or Managed.'),
    },
    'An Azure disk.',
    coreName('AzureDiskVolumeSource'),
  ),
  photonPersistentDisk: object(
    { pdID: required(string('Id of the disk.')), fsType },
    'A Photon disk.',
    coreName('PhotonPersistentDiskVolumeSource'),
  ),
  portworxVolume: object(
    { volumeID: required(string('Id of the volume.')), fsType, readOnly },
    'A Portworx volume.',
    coreName('PortworxVolumeSource'),
  ),
  quobyte: object(
    {
      registry: required(string('Addresses of the registries.')),
      volume: required(string('Name of the volume.')),
      readOnly,
      user: string('User to map to.'),
      group: string('Group to map to.'),
      tenant: string('Tenant of the volume.'),
    },
    'A Quobyte volume.',
    coreName('QuobyteVolumeSource'),
  ),
  vsphereVolume: object(
    {
      volumePath: required(string('Path of the disk.')),
      fsType,
      storagePolicyName: string('Storage policy.'),
      storagePolicyID: string('Id of the storage policy.'),
    },
    'A vSphere disk.',
    coreName('VsphereVirtualDiskVolumeSource'),
  ),
};

/** Storage of Ceph. */
function cephSources<T>(secretRef: Schema<T>, persistent: boolean) {
  return {
    rbd: object(
      {
        monitors: required(listOf(string(), 'Ceph monitors.')),
        image: required(string('Name of the image.')),
        fsType,
        pool: string('Pool; rbd by default.'),
        user: string('User; admin by default.'),
        keyring: string('Path of the key ring.'),
        secretRef,
        readOnly,
      },
      'A Ceph block device.',
      nameOf('RBD', persistent),
    ),
    cephfs: object(
      {
        monitors: required(listOf(string(), 'Ceph monitors.')),
        path: string('Root inside the file system.'),
        user: string('User; admin by default.'),
        secretFile: string('Path of the key ring.'),
        secretRef,
        readOnly,
      },
      'A Ceph file system.',
      nameOf('CephFS', persistent),
    ),
  };
}

/** Disks that others export. */
function blockSources<T>(secretRef: Schema<T>, persistent: boolean) {
  return {
    iscsi: object(
      {
        targetPortal: required(string('Address and port of the target.')),
        iqn: required(string('Name of the target.')),
        lun: required(int32('Number of the unit.')),
        iscsiInterface: string('Interface name; default by default.'),
        fsType,
        readOnly,
        portals: listOf(string(), 'More addresses.'),
        chapAuthDiscovery: boolean('Authenticate discovery.'),
        chapAuthSession: boolean('Authenticate sessions.'),
        secretRef,
        initiatorName: string('Name of the initiator.'),
      },
      'An iSCSI disk.',
      nameOf('ISCSI', persistent),
    ),
    cinder: object(
      { volumeID: required(string('Id of the volume.')), fsType, readOnly, secretRef },
      'An OpenStack volume.',
      nameOf('Cinder', persistent),
    ),
    flexVolume: object(
      {
        driver: required(string('Name of the driver.')),
        fsType,
        secretRef,
        readOnly,
        options: mapOf(string(), 'Options of the driver.'),
      },
      'A volume of an exec driver.',
      persistent ? coreName('FlexPersistentVolumeSource') : coreName('FlexVolumeSource'),
    ),
  };
}

/** The volume of a ScaleIO gateway. */
function scaleIoSource<T>(secretRef: Schema<T>, persistent: boolean) {
  const sizeIo = {
    gateway: required(string('Address of the gateway.')),
    system: required(string('Name of the system.')),
    secretRef: required(secretRef),
    sslEnabled: boolean('Speak TLS with the gateway.'),
    protectionDomain: string('Protection domain.'),
    storagePool: string('Storage pool.'),
    storageMode: string('ThickProvisioned or ThinProvisioned.'),
    volumeName: string('Name of the volume.'),
    fsType,
    readOnly,
  };
  return {
    scaleIO: object(sizeIo, 'A ScaleIO volume.', nameOf('ScaleIO', persistent)),
  };
}

/** Sources whose fields are the same but for how a Secret is named. */
export function sharedSources<T>(secretRef: Schema<T>, persistent = false) {
  return {
    ...plainSources,
    ...cephSources(secretRef, persistent),
    ...blockSources(secretRef, persistent),
    ...scaleIoSource(secretRef, persistent),
  };
}

/** Sources that take a plain Secret name, and those that only pods have. */
export const podOnlySources = {
  azureFile: object(
    {
      secretName: required(string('Name of the Secret with the account.')),
      shareName: required(string('Name of the share.')),
      readOnly,
    },
    'An Azure share.',
    coreName('AzureFileVolumeSource'),
  ),
  csi: object(
    {
      driver: required(string('Name of the driver.')),
      readOnly,
      fsType,
      volumeAttributes: mapOf(string(), 'Settings of the driver.'),
      nodePublishSecretRef: object({ name: string('Name of the Secret.') }, 'A Secret for the driver.', {
        ...coreName('LocalObjectReference'),
        atomic: true,
      }),
    },
    'A volume that a CSI driver makes for the pod.',
    coreName('CSIVolumeSource'),
  ),
  gitRepo: object(
    {
      repository: required(string('Address of the repository.')),
      revision: string('Commit.'),
      directory: string('Directory to put it in.'),
    },
    'A git repository; obsolete.',
    coreName('GitRepoVolumeSource'),
  ),
  glusterfs: object(
    {
      endpoints: required(string('Name of the Endpoints.')),
      path: required(string('Name of the volume.')),
      readOnly,
    },
    'A Gluster volume.',
    coreName('GlusterfsVolumeSource'),
  ),
  storageos: object(
    {
      volumeName: string('Name of the volume.'),
      volumeNamespace: string('StorageOS namespace.'),
      fsType,
      readOnly,
      secretRef: object({ name: string('Name of the Secret.') }, 'A Secret.', {
        ...coreName('LocalObjectReference'),
        atomic: true,
      }),
    },
    'A StorageOS volume.',
    coreName('StorageOSVolumeSource'),
  ),
};
