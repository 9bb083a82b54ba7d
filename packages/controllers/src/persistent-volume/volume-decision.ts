import { type PersistentVolume, type PersistentVolumeClaim, type Stored, volumeStateOf } from '@godwit/kinds';
import { volumeProtection } from './volume-of-claim.ts';

type Volume = Stored<PersistentVolume>;
type VolumeStatus = NonNullable<PersistentVolume['status']>;

export interface VolumeDecision {
  readonly finalizers: readonly string[];
  /** Nobody holds it any more, and its policy says that it goes. */
  readonly remove: boolean;
  readonly status: VolumeStatus;
}

/**
 *   no claimRef                      Available
 *   claimRef without UID             Available: kept for a claim that has not come yet
 *   its claim is there               Bound
 *   its claim has gone               Released; deleted where the policy says so
 *
 * @param claim the claim that claimRef names, if there is one of that name
 */
export function decideVolume(
  volume: Volume,
  claim: Stored<PersistentVolumeClaim> | undefined,
  now: string,
): VolumeDecision {
  const { metadata, spec } = volume;
  const { finalizers = [], deletionTimestamp } = metadata;
  const held = spec.claimRef?.uid !== undefined && claim?.metadata.uid === spec.claimRef.uid;
  const released = spec.claimRef?.uid !== undefined && !held;
  const others = finalizers.filter((finalizer) => finalizer !== volumeProtection);
  if (deletionTimestamp) {
    return { finalizers: held ? finalizers : others, remove: false, status: statusOf(volume, held, released, now) };
  }
  return {
    finalizers: others.length < finalizers.length ? finalizers : [...finalizers, volumeProtection],
    remove: released && spec.persistentVolumeReclaimPolicy === 'Delete',
    status: statusOf(volume, held, released, now),
  };
}

function statusOf(volume: Volume, held: boolean, released: boolean, now: string): VolumeStatus {
  const before = volume.status ?? {};
  const phase = held ? 'Bound' : released ? 'Released' : 'Available';
  const { reason: _reason, message: _message, ...rest } = before;
  const state = volumeStateOf(volume);
  const trouble =
    state?.phase === 'Failed'
      ? { reason: 'ProvisioningFailed', message: state.message ?? 'the host cannot make it' }
      : {};
  const lastPhaseTransitionTime = before.phase === phase ? before.lastPhaseTransitionTime : now;
  return { ...rest, phase, ...trouble, ...(lastPhaseTransitionTime && { lastPhaseTransitionTime }) };
}
