import {
  fillRequestOf,
  localProvisioner,
  type NodeSelector,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type Stored,
  selectedNodeAnnotation,
  volumeStateOf,
  waitsForFirstUser,
} from '@godwit/kinds';
import type { VolumeReach } from '@godwit/planner';
import { isFreeFor } from '../persistent-volume/matching-volume.ts';
import type { ClaimWait } from './why-waiting.ts';

/** What the claims of a machine mean for where it can run. */
export type ClaimReach =
  /** Can be placed. For the claims in `choose` the host that is chosen has to make the volume first. */
  | { readonly type: 'placeable'; readonly volumes: readonly VolumeReach[]; readonly choose: readonly string[] }
  /** Has to wait for somebody else; `missing` when only a user can help. */
  | { readonly type: 'waiting'; readonly missing: boolean; readonly why: ClaimWait };

/** Looks up storage objects; from caches in production. */
export interface StorageLookup {
  claim(name: string): Stored<PersistentVolumeClaim> | undefined;
  volume(name: string): PersistentVolume | undefined;
  storageClass(name: string): StorageClass | undefined;
  /** Every volume that there is. */
  volumes(): Iterable<Stored<PersistentVolume>>;
}

/** Pure: looks at all claims of a machine together. */
export function reachOfClaims(names: readonly string[], lookup: StorageLookup): ClaimReach {
  const volumes: VolumeReach[] = [];
  const choose: string[] = [];
  let wait: ClaimWait | undefined;
  for (const name of names) {
    const missing = (why: ClaimWait): ClaimReach => ({ type: 'waiting', missing: true, why });
    const claim = lookup.claim(name);
    if (!claim) return missing({ is: 'not-found', claim: name });
    if (claim.metadata.deletionTimestamp) return missing({ is: 'being-deleted', claim: name });
    const volume = lookup.volume(claim.spec.volumeName ?? '');
    if (claim.status?.phase === 'Bound' && volume) {
      const hosts = volume.spec?.nodeAffinity?.required;
      volumes.push({ claim: name, ...(hosts && { hosts }) });
      if (!isFilled(claim, volume)) wait ??= { is: 'being-filled', claim: name };
      continue;
    }
    if (claim.status?.phase === 'Lost') return missing({ is: 'lost', claim: name });
    const storageClass = lookup.storageClass(claim.spec.storageClassName ?? '');
    if (!waitsForFirstUser(claim, storageClass) || claim.spec.volumeName) {
      return missing(whyUnbound(name, claim, storageClass));
    }
    // Somebody has chosen already: the volume is on its way.
    if (claim.metadata.annotations?.[selectedNodeAnnotation]) {
      wait ??= { is: 'being-bound', claim: name };
    } else if (storageClass?.provisioner !== localProvisioner) {
      const hosts = hostsOfFreeVolumes(claim, lookup);
      if (hosts === 'none') return missing({ is: 'none-free', claim: name });
      choose.push(name);
      if (hosts !== 'any') volumes.push({ claim: name, hosts });
    } else {
      choose.push(name);
      const original = originalOf(claim, lookup)?.spec.nodeAffinity?.required;
      if (original) volumes.push({ claim: name, hosts: original });
    }
  }
  if (wait && choose.length === 0) return { type: 'waiting', missing: false, why: wait };
  return { type: 'placeable', volumes: [...volumes, ...chosenElsewhere(names, lookup)], choose };
}

/** Why nobody can bind a claim. */
function whyUnbound(
  claim: string,
  { spec: { volumeName, storageClassName } }: PersistentVolumeClaim,
  storageClass: StorageClass | undefined,
): ClaimWait {
  if (volumeName) return { is: 'waits-for-volume', claim, volume: volumeName };
  if (!storageClassName) return { is: 'no-class', claim };
  return storageClass ? { is: 'unbound', claim } : { is: 'unknown-class', claim, storageClass: storageClassName };
}

/** A volume that is to be filled before its first use holds a machine back until it is. */
function isFilled(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  if (!fillRequestOf(claim.metadata.annotations)) return true;
  return volumeStateOf(volume)?.fill?.phase === 'Succeeded';
}

/** Where there is a volume already that a claim can have: nobody makes one for it. */
function hostsOfFreeVolumes(
  claim: Stored<PersistentVolumeClaim>,
  lookup: StorageLookup,
): NodeSelector | 'any' | 'none' {
  const free = [...lookup.volumes()].filter((volume) => isFreeFor(volume, claim));
  if (free.length === 0) return 'none';
  const places = free.map(({ spec }) => spec.nodeAffinity?.required);
  if (places.some((required) => !required)) return 'any';
  return { nodeSelectorTerms: places.flatMap((required) => required?.nodeSelectorTerms ?? []) };
}

/** A copy is made on the host that has the original. */
function originalOf(claim: PersistentVolumeClaim, lookup: StorageLookup): PersistentVolume | undefined {
  const fill = fillRequestOf(claim.metadata.annotations);
  return fill?.from === 'volume' ? lookup.volume(fill.volumeName) : undefined;
}

/** Claims for which a host has been chosen hold the machine, and its other claims, to that host. */
function chosenElsewhere(names: readonly string[], lookup: StorageLookup): VolumeReach[] {
  return names.flatMap((name) => {
    const claim = lookup.claim(name);
    const host = claim?.metadata.annotations?.[selectedNodeAnnotation];
    if (!host || claim?.status?.phase === 'Bound') return [];
    const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [host] }];
    return [{ claim: name, hosts: { nodeSelectorTerms: [{ matchFields }] } }];
  });
}
