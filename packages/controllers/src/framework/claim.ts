import { type KubeObject, type LabelSelector, type Stored, selects } from '@godwit/kinds';

export interface Claim<T extends KubeObject> {
  /** Objects that are the owner's from now on, adopted ones included. */
  readonly claimed: readonly Stored<T>[];
  readonly adopt: readonly Stored<T>[];
  readonly release: readonly Stored<T>[];
}

/** Who claims: an object that manages those which its selector selects. */
export interface Claimant extends KubeObject {
  readonly spec: { readonly selector: LabelSelector };
}

/**
 * Whose the objects are. Pure.
 * @param owned objects whose controller the owner is
 * @param orphans objects of the same namespace that have no controller
 */
export function claim<T extends KubeObject>(
  owner: Stored<Claimant>,
  owned: readonly Stored<T>[],
  orphans: readonly Stored<T>[],
): Claim<T> {
  const isSelected = ({ metadata }: Stored<T>) => selects(owner.spec.selector, metadata.labels);
  const kept = owned.filter(isSelected);
  // What is on its way out changes hands no more.
  const release = owned.filter((item) => !isSelected(item) && item.metadata.deletionTimestamp === undefined);
  const adoptable = owner.metadata.deletionTimestamp === undefined ? orphans : [];
  const adopt = adoptable.filter((item) => isSelected(item) && item.metadata.deletionTimestamp === undefined);
  return { claimed: [...kept, ...adopt], adopt, release };
}
