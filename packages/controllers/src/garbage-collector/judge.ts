import type { KubeObject, OwnerReference } from '@godwit/kinds';

/** Set by the API on an owner that goes last: after those that block it. */
export const FOREGROUND = 'foregroundDeletion';
/** Set by the API on an owner that goes alone: what belonged to it stays. */
export const ORPHAN = 'orphan';

/** How an owner stands. `unknown`: of a kind that is not served, or out of reach from here. */
export type OwnerState = 'present' | 'absent' | 'going last' | 'unknown';

export interface OwnerView {
  readonly reference: OwnerReference;
  readonly state: OwnerState;
}

export type Judgement =
  | { readonly type: 'leave' }
  /** Other owners remain: the references to those that are gone, or going, are taken away. */
  | { readonly type: 'disown'; readonly uids: readonly string[] }
  | { readonly type: 'delete'; readonly propagation: 'Foreground' | 'Background' | 'Orphan' };

/** What must happen to an object that nobody has asked to delete. */
export function judge(object: KubeObject, owners: readonly OwnerView[], dependents: readonly KubeObject[]): Judgement {
  const lost = owners.filter(({ state }) => state === 'absent' || state === 'going last');
  if (lost.length === 0) return { type: 'leave' };
  if (lost.length < owners.length) {
    // An owner that cannot be seen may be there: nothing is deleted for want of knowledge.
    if (owners.some(({ state }) => state === 'present')) return { type: 'disown', uids: lost.map(uidOf) };
    return { type: 'leave' };
  }
  const goingLast = owners.some(({ state }) => state === 'going last');
  // A dependent that goes last itself is, by some way round, what this object would wait for: a circle.
  const waits = goingLast && dependents.length > 0 && !dependents.some(goesLast);
  return { type: 'delete', propagation: waits ? 'Foreground' : propagationOf(object) };
}

const uidOf = ({ reference }: OwnerView): string => reference.uid;

/** As the object itself wants it, by the finalizers that it already has. */
function propagationOf({ metadata: { finalizers = [] } }: KubeObject): 'Foreground' | 'Background' | 'Orphan' {
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

/** Whether an object's deletion waits for what belongs to it. */
export function goesLast({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): boolean {
  return deletionTimestamp !== undefined && finalizers.includes(FOREGROUND);
}

/** Whether an object, on its way out, leaves behind what belongs to it. */
export function leavesOrphans({ metadata: { deletionTimestamp, finalizers = [] } }: KubeObject): boolean {
  return deletionTimestamp !== undefined && finalizers.includes(ORPHAN);
}

/** Whether the owner of that uid may not go before this object. */
export function blocks(object: KubeObject, ownerUid: string): boolean {
  const references = object.metadata.ownerReferences ?? [];
  return references.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}
