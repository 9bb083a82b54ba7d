import type { DataVolume, FillRequest, FillSource, PersistentVolume, PersistentVolumeClaim } from '@godwit/kinds';
import { fillRequestOf, volumeStateOf } from '@godwit/kinds';

/** What a DataVolume asks of the host that makes its volume. */
export type FillOrder =
  | { readonly type: 'fill'; readonly request: FillRequest }
  /** May become possible: the original is not ready yet. */
  | { readonly type: 'wait'; readonly reason: string; readonly message: string }
  /** Never will: this cloud does not know the source. */
  | { readonly type: 'refuse'; readonly reason: string; readonly message: string };

/** Looks up what is to be copied. */
export interface SourceLookup {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Whether a machine that has not ended uses a claim. */
  isUsed(namespace: string, name: string): boolean;
}

export function fillOrderOf(dataVolume: DataVolume, lookup: SourceLookup): FillOrder {
  const { contentType = 'kubevirt', preallocation } = dataVolume.spec;
  const source = sourceOf(dataVolume, lookup);
  if ('type' in source) return source;
  return { type: 'fill', request: { ...source, contentType, ...(preallocation && { preallocation }) } };
}

function sourceOf(
  { metadata, spec }: DataVolume,
  lookup: SourceLookup,
): FillSource | Exclude<FillOrder, { type: 'fill' }> {
  const { source } = spec;
  if (source?.http) {
    const { url, checksum, secretRef, certConfigMap, extraHeaders, secretExtraHeaders } = source.http;
    return {
      from: 'http',
      url,
      ...(checksum && { checksum }),
      ...(secretRef && { secretName: secretRef }),
      ...(certConfigMap && { certificatesName: certConfigMap }),
      ...(extraHeaders && { headers: extraHeaders }),
      ...(secretExtraHeaders && { headerSecretNames: secretExtraHeaders }),
      ...(source.http.insecureSkipVerify && { skipVerify: true }),
    };
  }
  if (source?.registry) return imageOf(source.registry);
  if (source?.blank) return { from: 'blank' };
  if (source?.upload) return { from: 'upload' };
  if (source?.pvc) return copyOf(source.pvc, metadata.namespace ?? '', lookup);
  const name = spec.sourceRef ? 'sourceRef' : (Object.keys(source ?? {})[0] ?? 'none');
  const message = `this cloud cannot fill volumes from ${name}`;
  return { type: 'refuse', reason: 'SourceNotSupported', message };
}

type Registry = NonNullable<NonNullable<DataVolume['spec']['source']>['registry']>;

function imageOf({ url = '', pullMethod, secretRef }: Registry): FillSource | Exclude<FillOrder, { type: 'fill' }> {
  if (!url.startsWith('docker://')) {
    const message = `this cloud fills volumes from docker:// addresses only, not from "${url}"`;
    return { type: 'refuse', reason: 'SourceNotSupported', message };
  }
  const image = url.slice('docker://'.length);
  // Images of the host itself are never fetched.
  const isLocal = pullMethod === 'node' || image.startsWith('localhost/');
  const pullPolicy = isLocal ? 'IfNotPresent' : 'Always';
  return { from: 'image', image, pullPolicy, ...(secretRef && { secretName: secretRef }) };
}

/** A copy is only made of what stands still: a volume that is there, filled, and used by no machine. */
function copyOf(
  source: { readonly namespace: string; readonly name: string },
  home: string,
  lookup: SourceLookup,
): FillSource | Exclude<FillOrder, { type: 'fill' }> {
  const { namespace, name } = source;
  if (namespace !== home) {
    const message = `the claim ${namespace}/${name} belongs to another namespace; copies are made within one`;
    return { type: 'refuse', reason: 'CloneNotAllowed', message };
  }
  const claim = lookup.claim(namespace, name);
  const volumeName = claim?.spec.volumeName;
  if (!claim) return { type: 'wait', reason: 'CloneSourceNotFound', message: `the claim ${name} does not exist` };
  if (!volumeName || claim.status?.phase !== 'Bound') {
    return { type: 'wait', reason: 'CloneSourceNotReady', message: `the claim ${name} is not bound` };
  }
  const filled = volumeStateOf(lookup.volume(volumeName))?.fill?.phase === 'Succeeded';
  if (fillRequestOf(claim.metadata.annotations) && !filled) {
    return { type: 'wait', reason: 'CloneSourceNotReady', message: `the claim ${name} is being filled` };
  }
  if (lookup.isUsed(namespace, name)) {
    return { type: 'wait', reason: 'CloneSourceInUse', message: `the claim ${name} is in use by a machine` };
  }
  return { from: 'volume', volumeName };
}
