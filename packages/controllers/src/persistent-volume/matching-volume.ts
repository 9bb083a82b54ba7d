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

/** The smallest free volume that answers; one that is kept for this claim before all others. */
export function matchingVolume(claim: Claim, volumes: Iterable<Volume>): Volume | undefined {
  let best: Volume | undefined;
  for (const volume of volumes) {
    const kept = isFor(volume, claim);
    if (!answers(volume, claim) || (volume.spec.claimRef && !kept)) continue;
    if (kept) return volume;
    if (volume.status?.phase !== 'Available') continue;
    if (!best || sizeOf(volume) < sizeOf(best)) best = volume;
  }
  return best;
}

function sizeOf({ spec }: PersistentVolume): number {
  return parseQuantity(spec.capacity?.storage) ?? 0;
}
