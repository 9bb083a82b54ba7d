import { type PersistentVolume, type PersistentVolumeClaim, parseQuantity, type Stored, selects } from '@godwit/kinds';

type Volume = Stored<PersistentVolume>;
type Claim = Stored<PersistentVolumeClaim>;

/** Whether a volume is kept for this claim: by name, and by UID once they are bound. */
export function isFor(volume: PersistentVolume, claim: Claim): boolean {
  const reference = volume.spec.claimRef;
  if (reference?.name !== claim.metadata.name || reference.namespace !== claim.metadata.namespace) return false;
  return !reference.uid || reference.uid === claim.metadata.uid;
}

/** Whether a volume answers a claim: class, size, access, mode and labels, as in Kubernetes. */
export function answers(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { spec, metadata } = volume;
  if (metadata.deletionTimestamp) return false;
  if ((spec.storageClassName ?? '') !== (claim.spec.storageClassName ?? '')) return false;
  if ((spec.volumeMode ?? 'Filesystem') !== (claim.spec.volumeMode ?? 'Filesystem')) return false;
  if (sizeOf(volume) < (parseQuantity(claim.spec.resources?.requests?.storage) ?? 0)) return false;
  if (claim.spec.selector && !selects(claim.spec.selector, metadata.labels)) return false;
  return (claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode));
}

/** Whether a volume can be had by a claim: it answers, and nobody else has it. */
export function isFreeFor(volume: Volume, claim: Claim): boolean {
  if (!answers(volume, claim)) return false;
  return volume.spec.claimRef ? isFor(volume, claim) : volume.status?.phase === 'Available';
}

/** The smallest free volume that answers; one that is kept for this claim before all others. */
export function matchingVolume(claim: Claim, volumes: Iterable<Volume>): Volume | undefined {
  let best: Volume | undefined;
  for (const volume of volumes) {
    if (!isFreeFor(volume, claim)) continue;
    if (volume.spec.claimRef) return volume;
    if (!best || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
}

function sizeOf({ spec }: PersistentVolume): number {
  return parseQuantity(spec.capacity?.storage) ?? 0;
}
