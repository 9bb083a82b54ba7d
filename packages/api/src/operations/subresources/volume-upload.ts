import {
  type Address,
  type DataVolume,
  type KindDefinition,
  type PersistentVolume,
  type PersistentVolumeClaim,
  StatusFailure,
  volumeHostLabel,
} from '@godwit/kinds';
import type { Document } from '../../documents/document.ts';
import { conflict } from '../../validation/index.ts';
import type { Engine } from '../engine.ts';
import type { Caller } from '../operations.ts';

/** Hands the bytes of an upload to the host that has the volume of a DataVolume. */
export async function uploadInto(
  engine: Engine,
  caller: Caller,
  address: Address,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Document> {
  engine.authorizeAddress(caller, 'update', address);
  const { namespace, name = '' } = address;
  const kind = engine.kinds.at(address);
  const document = await engine.existing(kind, namespace, name);
  const dataVolume = document.object as unknown as DataVolume;
  const phase = dataVolume.status?.phase ?? 'Pending';
  if (!dataVolume.spec.source?.upload) throw conflict(kind, name, 'its source is no upload');
  if (phase !== 'UploadReady')
    throw conflict(kind, name, `it takes an upload when it is UploadReady, now it is ${phase}`);
  const claim = await engine.existing(core(engine, 'persistentvolumeclaims'), namespace, name);
  const { volumeName = '' } = (claim.object as unknown as PersistentVolumeClaim).spec;
  const volume = await engine.existing(core(engine, 'persistentvolumes'), undefined, volumeName);
  const node = (volume.object as unknown as PersistentVolume).metadata.labels?.[volumeHostLabel] ?? '';
  const access = engine.options.volumes?.(node);
  if (!access)
    throw new StatusFailure('ServiceUnavailable', `node "${node}" of volume "${volumeName}" cannot be reached`);
  await access.upload(volumeName, bytes, signal);
  return engine.existing(kind, namespace, name);
}

function core(engine: Engine, plural: string): KindDefinition {
  const kind = engine.kinds.find('', 'v1', plural);
  if (!kind) throw new StatusFailure('NotFound', 'the server could not find the requested resource');
  return kind;
}
