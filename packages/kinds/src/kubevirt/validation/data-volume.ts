import type { Cause, KubeObject } from '../../machinery/index.ts';
import { parseQuantity } from '../../quantity.ts';
import type { DataVolumeSpec } from '../data-volume-spec.ts';
import { Report } from './report.ts';

/** Rules for DataVolumes, as CDI's admission has them. */

const SOURCES = ['http', 'registry', 'pvc', 'blank', 'upload', 'snapshot', 's3', 'gcs', 'imageio', 'vddk'];
/** Length of a digest in hexadecimal digits, by algorithm. */
const DIGESTS: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

export function validateDataVolume(volume: KubeObject & { readonly spec: DataVolumeSpec }): readonly Cause[] {
  const report = new Report();
  validateDataVolumeSpec(volume.spec, 'spec', report);
  return report.causes;
}

export function validateDataVolumeSpec(spec: DataVolumeSpec, field: string, report: Report): void {
  if (spec.pvc && spec.storage) report.invalid(field, 'has either pvc or storage, not both');
  if (!spec.pvc && !spec.storage) report.required(field, 'must have pvc or storage');
  if (spec.source && spec.sourceRef) report.invalid(field, 'has either source or sourceRef, not both');
  const populated = [spec.pvc, spec.storage].some((claim) => claim?.dataSource || claim?.dataSourceRef);
  if (!spec.source && !spec.sourceRef && !populated) report.required(`${field}.source`, 'must be set');
  if (spec.source) validateSource(spec.source, `${field}.source`, report);
  validateSize(spec, field, report);
}

function validateSource(source: NonNullable<DataVolumeSpec['source']>, field: string, report: Report): void {
  report.exactlyOne(source, SOURCES, field, 'source');
  const { http, registry } = source;
  if (http) {
    // Files are those of the host's own folder for imports; the host refuses all others.
    if (!isUrl(http.url, ['http:', 'https:', 'file:'])) {
      report.invalid(`${field}.http.url`, `"${http.url}" is not an http, https or file address`);
    }
    validateChecksum(http.checksum, `${field}.http.checksum`, report);
  }
  if (!registry) return;
  if (!registry.url === !registry.imageStream) report.invalid(`${field}.registry`, 'has either url or imageStream');
  if (registry.url && !isUrl(registry.url, ['docker:', 'oci-archive:'])) {
    report.invalid(`${field}.registry.url`, `"${registry.url}" is not a docker:// or oci-archive:// address`);
  }
  if (registry.imageStream && registry.pullMethod !== 'node') {
    report.invalid(`${field}.registry.imageStream`, 'needs the pullMethod node');
  }
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function validateChecksum(checksum: string | undefined, field: string, report: Report): void {
  if (checksum === undefined) return;
  const [algorithm = '', digest = ''] = checksum.split(':');
  const digits = DIGESTS[algorithm];
  if (digits === undefined) {
    report.invalid(field, `must begin with one of ${Object.keys(DIGESTS).join(', ')} and a colon`);
  } else if (digest.length !== digits || !/^[\da-fA-F]*$/.test(digest)) {
    report.invalid(field, `must be ${digits} hexadecimal digits after ${algorithm}:`);
  }
}

/** Copies take the size of what they copy; everything else must say how large it is. */
function validateSize(spec: DataVolumeSpec, field: string, report: Report): void {
  const key = spec.pvc ? 'pvc' : 'storage';
  const claim = spec[key];
  if (!claim) return;
  const size = claim.resources?.requests?.storage;
  const bytes = parseQuantity(size);
  if (size !== undefined && (bytes === undefined || bytes <= 0)) {
    report.invalid(`${field}.${key}.resources.requests.storage`, `"${size}" is not a size greater than 0`);
  }
  const copied = spec.source?.pvc ?? spec.source?.snapshot ?? spec.sourceRef;
  if (size === undefined && !(copied && key === 'storage')) {
    report.required(`${field}.${key}.resources.requests.storage`, 'must say how large the volume is');
  }
  if (spec.pvc && !spec.pvc.accessModes?.length) {
    report.required(`${field}.pvc.accessModes`, 'must name at least one access mode');
  }
  if (spec.source?.blank && spec.contentType === 'archive') {
    report.invalid(`${field}.contentType`, 'an empty disk cannot be an archive');
  }
}
