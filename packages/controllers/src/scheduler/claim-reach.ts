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

/** What the claims of a machine mean for where it can run. */
export type ClaimReach =
  /** Can be placed. For the claims in `choose` the host that is chosen has to make the volume first. */
  | { readonly type: 'placeable'; readonly volumes: readonly VolumeReach[]; readonly choose: readonly string[] }
  /** Has to wait for somebody else; `missing` when only a user can help. */
  | { readonly type: 'waiting'; readonly missing: boolean; readonly message: string };

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
  let wait: string | undefined;
  for (const name of names) {
    const claim = lookup.claim(name);
    if (!claim) return { type: 'waiting', missing: true, message: `persistentvolumeclaim "${name}" not found` };
    if (claim.metadata.deletionTimestamp) {
      return { type: 'waiting', missing: true, message: `persistentvolumeclaim "${name}" is being deleted` };
    }
    const volume = lookup.volume(claim.spec.volumeName ?? '');
    if (claim.status?.phase === 'Bound' && volume) {
      const hosts = volume.spec?.nodeAffinity?.required;
      volumes.push({ claim: name, ...(hosts && { hosts }) });
      if (!isFilled(claim, volume)) wait ??= `persistentvolumeclaim "${name}" is being filled`;
      continue;
    }
    if (claim.status?.phase === 'Lost') {
      return { type: 'waiting', missing: true, message: `persistentvolumeclaim "${name}" has lost its volume` };
    }
    const storageClass = lookup.storageClass(claim.spec.storageClassName ?? '');
    if (!waitsForFirstUser(claim, storageClass) || claim.spec.volumeName) {
      return {
        type: 'waiting',
        missing: true,
        message: `pod has unbound immediate PersistentVolumeClaims (${unbound(name, claim, storageClass)})`,
      };
    }
    // Somebody has chosen already: the volume is on its way.
    if (claim.metadata.annotations?.[selectedNodeAnnotation]) {
      wait ??= `persistentvolumeclaim "${name}" is being bound`;
    } else if (storageClass?.provisioner !== localProvisioner) {
      const hosts = hostsOfFreeVolumes(claim, lookup);
      if (hosts === 'none') {
        const message = `didn't find available persistent volumes to bind (none is free for claim "${name}")`;
        return { type: 'waiting', missing: true, message };
      }
      choose.push(name);
      if (hosts !== 'any') volumes.push({ claim: name, hosts });
    } else {
      choose.push(name);
      const original = originalOf(claim, lookup)?.spec.nodeAffinity?.required;
      if (original) volumes.push({ claim: name, hosts: original });
    }
  }
  if (wait !== undefined && choose.length === 0) return { type: 'waiting', missing: false, message: wait };
  return { type: 'placeable', volumes: [...volumes, ...chosenElsewhere(names, lookup)], choose };
}

/** Why nobody can bind a claim. */
function unbound(name: string, { spec }: PersistentVolumeClaim, storageClass: StorageClass | undefined): string {
  const { volumeName, storageClassName } = spec;
  if (volumeName) return `"${name}" waits for volume "${volumeName}"`;
  if (!storageClassName) return `"${name}" names no storage class, and there is no default`;
  return storageClass
    ? `"${name}" waits for its volume`
    : `"${name}" asks for storage class "${storageClassName}", which there is not`;
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
