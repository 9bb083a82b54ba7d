import type { VirtualMachineInstanceSpec, VirtualMachineVolume } from '../virtual-machine-instance-spec.ts';
import { volumeSources } from '../volume.ts';
import { LABEL, type Report } from './report.ts';

/** Rules for volumes, as KubeVirt's admission has them. */

/** Most that user data or network data may hold inline, in bytes; more goes into a Secret. */
const LONGEST_INLINE_BYTES = 2048;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const RESERVED_PATHS = ['/var/run/kubevirt', '/var/run/libvirt', '/proc', '/sys', '/dev'];

export function validateVolumes(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const volumes = spec.volumes ?? [];
  const field = `${path}.volumes`;
  report.unique(volumes, field);
  for (const [index, volume] of volumes.entries()) {
    if (!LABEL.test(volume.name)) {
      report.invalid(`${field}[${index}].name`, `"${volume.name}" is not a DNS label (RFC 1123)`);
    }
    report.exactlyOne(volume, volumeSources, `${field}[${index}]`, 'source');
    validateVolume(volume, `${field}[${index}]`, report);
  }
  for (const source of ['serviceAccount', 'downwardMetrics', 'memoryDump'] as const) {
    if (volumes.filter((volume) => volume[source]).length > 1) {
      report.invalid(field, `can have only one ${source} volume`);
    }
  }
  validateShares(spec, path, report);
}

function validateVolume(volume: VirtualMachineVolume, field: string, report: Report): void {
  if (volume.cloudInitNoCloud) validateCloudInit(volume.cloudInitNoCloud, `${field}.cloudInitNoCloud`, report);
  if (volume.cloudInitConfigDrive) {
    validateCloudInit(volume.cloudInitConfigDrive, `${field}.cloudInitConfigDrive`, report);
  }
  const named = [
    [volume.configMap && !volume.configMap.name, 'configMap.name'],
    [volume.secret && !volume.secret.secretName, 'secret.secretName'],
    [volume.serviceAccount && !volume.serviceAccount.serviceAccountName, 'serviceAccount.serviceAccountName'],
    [volume.dataVolume?.name === '', 'dataVolume.name'],
    [volume.containerDisk?.image === '', 'containerDisk.image'],
    [volume.sysprep && !volume.sysprep.secret && !volume.sysprep.configMap, 'sysprep'],
  ] as const;
  for (const [missing, name] of named) if (missing) report.required(`${field}.${name}`, 'must be set');
  if (volume.hostDisk) validateHostDisk(volume.hostDisk, `${field}.hostDisk`, report);
  if (volume.containerDisk?.path) validatePath(volume.containerDisk.path, `${field}.containerDisk.path`, report);
  const reserved = RESERVED_PATHS.find((prefix) => volume.containerPath?.path.startsWith(prefix));
  if (reserved) report.invalid(`${field}.containerPath.path`, `paths under ${reserved} are reserved`);
}

type CloudInit = NonNullable<VirtualMachineVolume['cloudInitNoCloud']>;

function validateCloudInit(source: CloudInit, field: string, report: Report): void {
  const userData = count(source.userData, source.userDataBase64, source.secretRef);
  const networkData = count(source.networkData, source.networkDataBase64, source.networkDataSecretRef);
  if (userData > 1) report.invalid(field, 'must have only one of userData, userDataBase64 and secretRef');
  if (networkData > 1) {
    report.invalid(field, 'must have only one of networkData, networkDataBase64 and networkDataSecretRef');
  }
  if (userData + networkData === 0) report.required(field, 'must have user data or network data');
  for (const key of ['userDataBase64', 'networkDataBase64'] as const) {
    const value = source[key];
    if (value && !BASE64.test(value.replace(/\s/g, ''))) report.invalid(`${field}.${key}`, 'is not valid base64');
  }
  for (const key of ['userData', 'networkData'] as const) {
    const bytes = new TextEncoder().encode(source[key] ?? '').length;
    const encoded = Math.floor(((source[`${key}Base64`]?.length ?? 0) * 3) / 4);
    if (Math.max(bytes, encoded) <= LONGEST_INLINE_BYTES) continue;
    const message = `may hold at most ${LONGEST_INLINE_BYTES} bytes; put longer data into a Secret and name it`;
    report.add('FieldValueTooLong', `${field}.${key}`, message);
  }
}

const count = (...values: unknown[]): number => values.filter((value) => value !== undefined && value !== '').length;

function validateHostDisk(disk: NonNullable<VirtualMachineVolume['hostDisk']>, field: string, report: Report): void {
  if (disk.path === '') report.add('FieldValueNotFound', `${field}.path`, 'must be set');
  if (!['Disk', 'DiskOrCreate'].includes(disk.type)) {
    report.invalid(`${field}.type`, `"${disk.type}" is neither Disk nor DiskOrCreate`);
  }
  if (disk.capacity !== undefined && disk.type !== 'DiskOrCreate') {
    report.invalid(`${field}.capacity`, 'may only be set with the type DiskOrCreate');
  }
}

/** A file inside an image: absolute, not the root, and without steps back. */
export function validatePath(path: string, field: string, report: Report): void {
  if (path === '/') report.invalid(field, 'must not be the root');
  else if (!path.startsWith('/') || path.split('/').some((step) => step === '..' || step === '.')) {
    report.invalid(field, 'must be an absolute path without . and ..');
  }
}

/** File systems show volumes too, under the same rules of naming. */
function validateShares(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const shares = spec.domain.devices.filesystems ?? [];
  const field = `${path}.domain.devices.filesystems`;
  report.unique(shares, field);
  for (const [index, { name }] of shares.entries()) {
    if (spec.volumes?.some((volume) => volume.name === name)) continue;
    report.invalid(`${field}[${index}].name`, `there is no volume named "${name}" that could be shared`);
  }
}
