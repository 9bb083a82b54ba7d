import { boolean, listOf, object, oneOf, required, type Static, string } from '../machinery/index.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { typedLocalObjectReference, typedObjectReference } from '../shared/references.ts';
import { resourceList } from '../shared/resource-list.ts';
import { accessModes, persistentVolumeClaimSpec, volumeMode } from '../storage/persistent-volume-claim-spec.ts';
import { cdi } from './component-name.ts';

/** What a DataVolume is filled with, and the claim that holds it. */

const secretRef = string('Secret with the access key and its secret, or user and password.');
const certConfigMap = string('ConfigMap with certificates to trust.');
const insecureSkipVerify = boolean('Does not check the certificate of the server.');
const empty = (kind: string, description: string) => object({}, description, cdi(kind));

export const dataVolumeSource = object(
  {
    http: object(
      {
        url: required(string('http or https address of the image.')),
        checksum: string('What the bytes must hash to: `sha256:…`, `sha512:…`, `md5:…` or `sha1:…`.'),
        certConfigMap,
        secretRef,
        extraHeaders: listOf(string(), 'Headers to send.'),
        secretExtraHeaders: listOf(string(), 'Secrets whose values are headers to send.'),
        insecureSkipVerify,
      },
      'An image on a web server.',
      cdi('DataVolumeSourceHTTP'),
    ),
    registry: object(
      {
        url: string('`docker://` or `oci-archive://` address of a container image.'),
        imageStream: string('Name of an image stream.'),
        pullMethod: oneOf(['pod', 'node'], 'Who fetches it: `node` uses the images of the host.'),
        secretRef,
        certConfigMap,
        platform: object(
          { architecture: string('Processor architecture.') },
          'Which of the images to take.',
          cdi('PlatformOptions'),
        ),
      },
      'A disk in a container image.',
      cdi('DataVolumeSourceRegistry'),
    ),
    pvc: object(
      {
        namespace: required(string('Namespace of the claim.')),
        name: required(string('Name of the claim.')),
      },
      'A copy of another claim.',
      cdi('DataVolumeSourcePVC'),
    ),
    blank: empty('DataVolumeBlankImage', 'An empty disk.'),
    upload: empty('DataVolumeSourceUpload', 'Waits until somebody uploads an image.'),
    snapshot: object(
      {
        namespace: required(string('Namespace of the snapshot.')),
        name: required(string('Name of the snapshot.')),
      },
      'A copy of a volume snapshot.',
      cdi('DataVolumeSourceSnapshot'),
    ),
    s3: object({ url: required(string('Address of the object.')), secretRef, certConfigMap }, 'An object in S3.', {
      ...cdi('DataVolumeSourceS3'),
    }),
    gcs: object({ url: required(string('Address of the object.')), secretRef }, 'An object in Google Cloud.', {
      ...cdi('DataVolumeSourceGCS'),
    }),
    imageio: object(
      {
        url: required(string('Address of the oVirt engine.')),
        diskId: required(string('Disk there.')),
        secretRef,
        certConfigMap,
        insecureSkipVerify,
      },
      'A disk of oVirt.',
      cdi('DataVolumeSourceImageIO'),
    ),
    vddk: object(
      {
        url: string('Address of vCenter or ESXi.'),
        uuid: string('Machine there.'),
        backingFile: string('Disk there.'),
        thumbprint: string('Fingerprint of its certificate.'),
        secretRef,
        certConfigMap,
        initImageURL: string('Image with the library.'),
        extraArgs: string('ConfigMap with further arguments.'),
      },
      'A disk of VMware.',
      cdi('DataVolumeSourceVDDK'),
    ),
  },
  'Where the bytes come from. Exactly one is set.',
  cdi('DataVolumeSource'),
);

const storageSpec = object(
  {
    accessModes,
    resources: object({
      requests: resourceList('What is asked for: `storage`.'),
      limits: resourceList('What may not be exceeded.'),
    }),
    storageClassName: string('Name of the StorageClass.'),
    volumeMode,
    volumeName: string('Name of a certain PersistentVolume.'),
    selector: labelSelector,
    dataSource: typedLocalObjectReference,
    dataSourceRef: typedObjectReference,
  },
  'The claim, where what is left out gets sensible values.',
  cdi('StorageSpec'),
);

export const dataVolumeSpec = object(
  {
    source: dataVolumeSource,
    sourceRef: object(
      {
        kind: required(string('DataSource.')),
        namespace: string('Its namespace, where it is another one.'),
        name: required(string('Its name.')),
      },
      'An object that names the source.',
      cdi('DataVolumeSourceRef'),
    ),
    pvc: persistentVolumeClaimSpec,
    storage: storageSpec,
    contentType: oneOf(['kubevirt', 'archive'], 'A disk image (kubevirt, the default) or a tar archive.'),
    preallocation: boolean('Takes all its space at once.'),
    priorityClassName: string('PriorityClass of the work.'),
    serviceAccountName: string('ServiceAccount of the work.'),
    checkpoints: listOf(
      object(
        {
          previous: required(string('Snapshot before.')),
          current: required(string('Snapshot to fetch.')),
        },
        'A step of an import in several steps.',
        cdi('DataVolumeCheckpoint'),
      ),
      'Steps of an import in several steps.',
    ),
    finalCheckpoint: boolean('No further steps follow.'),
  },
  'What the volume is to hold.',
  cdi('DataVolumeSpec'),
);

export type DataVolumeSpec = Static<typeof dataVolumeSpec>;
export type DataVolumeSource = Static<typeof dataVolumeSource>;
