import type { Draft } from '../machinery/index.ts';
import type { DownwardFile, Volume } from './volume.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

function defaultDownwardItems(items: readonly Draft<DownwardFile>[] | undefined): void {
  for (const { fieldRef, resourceFieldRef } of items ?? []) {
    if (fieldRef) fieldRef.apiVersion ||= 'v1';
    if (resourceFieldRef) resourceFieldRef.divisor ??= '0';
  }
}

/** Fills one volume; a volume that names no source is an emptyDir. */
export function defaultVolume(volume: Draft<Volume>): void {
  if (Object.keys(volume).every((key) => key === 'name')) volume.emptyDir = {};
  const { secret, configMap, downwardAPI, projected, hostPath, iscsi, rbd } = volume;
  for (const source of [secret, configMap, downwardAPI, projected]) {
    if (source) source.defaultMode ??= FILE_MODE;
  }
  defaultDownwardItems(downwardAPI?.items);
  for (const { serviceAccountToken, downwardAPI: facts } of projected?.sources ?? []) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
    defaultDownwardItems(facts?.items);
  }
  if (hostPath) hostPath.type ??= '';
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim) claim.volumeMode ??= 'Filesystem';
}
