import { fillAnnotation, volumeStateAnnotation } from '../shared/own-annotations.ts';
import type { PersistentVolume } from './persistent-volume.ts';
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts';
import type { StorageClass } from './storage-class.ts';

/**
 * How local volumes are made and filled: what the controllers and the agent of a host tell each other by a
 * PersistentVolume.
 *
 *   controllers   make the PersistentVolume for a claim once a host is chosen: labelled with the host, kept
 *                 by the agent's finalizer, with the size in `spec.capacity`, and what is to be in it in
 *                 `fillAnnotation`
 *   agent         makes room, fills it, and says how far it is in `volumeStateAnnotation`; grows it when the
 *                 capacity grows; when the object is deleted it removes the data and then its finalizer
 */

/** Provisioner of the storage classes that this is about. */
export const localProvisioner = 'godwit.dev/local';
/** CSI driver name of the volumes; nobody else may serve them. */
export const localDriver = 'local.godwit.dev';
/** Name of the storage class that claims get who name none. */
export const defaultStorageClass = 'local';
/** Label of a PersistentVolume: the host whose agent looks after it. */
export const volumeHostLabel = 'godwit.dev/host';
/** Finalizer of a PersistentVolume, removed by the agent when the data is gone. */
export const volumeFinalizer = 'godwit.dev/volume';
/** Annotation of a claim: the host on which its first user will run. The name is Kubernetes'. */
export const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';

/** Annotation of a claim or DataVolume: its volume is made at once, whatever the class says. The name is CDI's. */
export const immediateAnnotation = 'cdi.kubevirt.io/storage.bind.immediate.requested';

/** What a volume is to hold before anybody uses it. */
export type FillRequest = FillSource & {
  /** `kubevirt`: one disk image, stored as `disk.img` or `disk.qcow2`. `archive`: the files of a tar. */
  readonly contentType: 'kubevirt' | 'archive';
  /** Takes all its space at once. */
  readonly preallocation?: boolean;
};

export type FillSource =
  | {
      readonly from: 'http';
      readonly url: string;
      /** `sha256:…`, `sha512:…`, `sha1:…` or `md5:…`. */
      readonly checksum?: string;
      readonly headers?: readonly string[];
      /** Secrets of the claim's namespace: user and password (`accessKeyId`, `secretKey`), further headers. */
      readonly secretName?: string;
      readonly headerSecretNames?: readonly string[];
      /** ConfigMap with certificates to trust. */
      readonly certificatesName?: string;
      readonly skipVerify?: boolean;
    }
  | {
      /** A container image that holds a disk. */
      readonly from: 'image';
      readonly image: string;
      readonly pullPolicy: 'Always' | 'IfNotPresent';
      readonly secretName?: string;
    }
  | {
      /** Another volume of the same host. */
      readonly from: 'volume';
      readonly volumeName: string;
    }
  | { readonly from: 'blank' }
  /** Bytes that a user sends through the API. */
  | { readonly from: 'upload' };

/** How a volume stands on its host. */
export interface VolumeState {
  readonly phase: 'Provisioned' | 'Failed';
  readonly message?: string;
  /** Bytes that there is room for; follows `spec.capacity` when the volume grows. */
  readonly sizeBytes?: number;
  readonly fill?: FillState;
}

export interface FillState {
  /** `Ready`: an upload may begin. `Failed` is final; whatever may pass is tried again and counted. */
  readonly phase: 'Scheduled' | 'Ready' | 'Running' | 'Succeeded' | 'Failed';
  /** Percent, 0 to 100, where it is known. */
  readonly progress?: number;
  /** How often it had to begin again. */
  readonly restarts: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The volumes of a host, as the API reaches them. Made by the host's agent. */
export interface VolumeAccess {
  /**
   * Fills a volume that waits for an upload with these bytes. Throws `StatusFailure`: `NotFound`, `Conflict` when it
   * does not wait for one, `BadRequest` for bytes that make no disk or too large a one.
   */
  upload(volumeName: string, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void>;
}

/** Whether the volume of a claim is made only where its first user runs. */
export function waitsForFirstUser(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): boolean {
  const immediate = claim.metadata.annotations?.[immediateAnnotation];
  const asked = immediate !== undefined && immediate !== 'false';
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer' && !asked;
}

export function fillRequestOf(annotations: Readonly<Record<string, string>> | undefined): FillRequest | undefined {
  return parse<FillRequest>(annotations?.[fillAnnotation]);
}

export function volumeStateOf(volume: PersistentVolume | undefined): VolumeState | undefined {
  return parse<VolumeState>(volume?.metadata.annotations?.[volumeStateAnnotation]);
}

function parse<T extends object>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
