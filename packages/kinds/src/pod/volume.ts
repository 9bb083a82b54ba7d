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
  type Static,
  string,
} from '../machinery/index.ts';
import { objectMeta } from '../machinery/object-meta.ts';
import { labelSelector } from '../shared/label-selector.ts';
import { coreName } from '../shared/openapi-names.ts';
import { localObjectReference, objectFieldSelector } from '../shared/references.ts';
import { persistentVolumeClaimSpec } from '../storage/persistent-volume-claim-spec.ts';
import { resourceFieldSelector } from './environment.ts';
import { podOnlySources, sharedSources } from './volume-sources.ts';

const mode = int32('Permission bits of the file.');
const defaultMode = int32('Permission bits of files that have none of their own; 0644 by default.');

const keyToPath = object(
  { key: required(string('Key to write.')), path: required(string('File name in the volume.')), mode },
  'One key and its file.',
  coreName('KeyToPath'),
);
const items = listOf(keyToPath, 'Keys and their files; all keys when absent.');

const downwardFile = object(
  {
    path: required(string('File name in the volume.')),
    fieldRef: objectFieldSelector,
    resourceFieldRef: resourceFieldSelector,
    mode,
  },
  'One fact about the pod and its file.',
  coreName('DownwardAPIVolumeFile'),
);
const downwardItems = listOf(downwardFile, 'Facts and their files.');

const optional = (holder: string) => boolean(`True when the ${holder} may be missing.`);

const volumeProjection = object(
  {
    secret: object(
      { name: string('Name of the Secret.'), items, optional: optional('Secret') },
      'Keys of a Secret.',
      coreName('SecretProjection'),
    ),
    configMap: object(
      { name: string('Name of the ConfigMap.'), items, optional: optional('ConfigMap') },
      'Keys of a ConfigMap.',
      coreName('ConfigMapProjection'),
    ),
    downwardAPI: object({ items: downwardItems }, 'Facts about the pod.', coreName('DownwardAPIProjection')),
    serviceAccountToken: object(
      {
        audience: string('Whom the token is for; the API server by default.'),
        expirationSeconds: int64('How long a token is valid; 3600 by default. It is renewed in time.'),
        path: required(string('File name in the volume.')),
      },
      'A token of the service account of the pod.',
      coreName('ServiceAccountTokenProjection'),
    ),
    clusterTrustBundle: object(
      {
        name: string('Name of one bundle.'),
        signerName: string('Signer whose bundles are meant.'),
        labelSelector,
        optional: optional('bundle'),
        path: required(string('File name in the volume.')),
      },
      'Certificates to trust.',
      coreName('ClusterTrustBundleProjection'),
    ),
    podCertificate: object(
      {
        signerName: required(string('Who signs the certificate.')),
        keyType: required(string('Kind of key.')),
        maxExpirationSeconds: int32('Longest validity.'),
        credentialBundlePath: string('File for key and certificates together.'),
        keyPath: string('File for the key.'),
        certificateChainPath: string('File for the certificates.'),
        userAnnotations: mapOf(string(), 'Facts for the signer.'),
      },
      'A certificate of the pod.',
      coreName('PodCertificateProjection'),
    ),
  },
  'One part of a projected volume.',
  coreName('VolumeProjection'),
);

export const volume = object(
  {
    name: required(string('Name of the volume within the pod, a DNS label.')),
    emptyDir: object(
      {
        medium: string('Memory for RAM; empty for the disk of the node.'),
        sizeLimit: quantity('Most that may be stored.'),
      },
      'An empty directory that lives as long as the pod.',
      coreName('EmptyDirVolumeSource'),
    ),
    configMap: object(
      { name: string('Name of the ConfigMap.'), items, defaultMode, optional: optional('ConfigMap') },
      'Keys of a ConfigMap as files.',
      coreName('ConfigMapVolumeSource'),
    ),
    secret: object(
      { secretName: string('Name of the Secret.'), items, defaultMode, optional: optional('Secret') },
      'Keys of a Secret as files.',
      coreName('SecretVolumeSource'),
    ),
    downwardAPI: object(
      { items: downwardItems, defaultMode },
      'Facts about the pod as files.',
      coreName('DownwardAPIVolumeSource'),
    ),
    projected: object(
      { sources: listOf(volumeProjection, 'What goes into the directory.'), defaultMode },
      'Several sources in one directory.',
      coreName('ProjectedVolumeSource'),
    ),
    persistentVolumeClaim: object(
      {
        claimName: required(string('Name of the claim, in the same namespace.')),
        readOnly: boolean('Mounted read-only everywhere.'),
      },
      'The volume of a PersistentVolumeClaim.',
      coreName('PersistentVolumeClaimVolumeSource'),
    ),
    ephemeral: object(
      {
        volumeClaimTemplate: object(
          {
            metadata: objectMeta,
            spec: required(persistentVolumeClaimSpec),
          },
          'The claim to make.',
          coreName('PersistentVolumeClaimTemplate'),
        ),
      },
      'A claim made for the pod and gone with it.',
      coreName('EphemeralVolumeSource'),
    ),
    image: object(
      {
        reference: string('Image whose files are meant.'),
        pullPolicy: oneOf(['Always', 'Never', 'IfNotPresent'], 'When the image is fetched.'),
      },
      'The files of an image.',
      coreName('ImageVolumeSource'),
    ),
    ...sharedSources(localObjectReference),
    ...podOnlySources,
  },
  'A directory that containers of the pod can mount. Exactly one source must be given.',
  coreName('Volume'),
);
export type Volume = Static<typeof volume>;
export type KeyToPath = Static<typeof keyToPath>;
export type DownwardFile = Static<typeof downwardFile>;
export type VolumeProjection = Static<typeof volumeProjection>;
