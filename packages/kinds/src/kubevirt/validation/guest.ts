import type { VirtualMachineInstanceSpec, VirtualMachineProbe } from '../virtual-machine-instance-spec.ts';
import { LABEL, type Report, SUBDOMAIN } from './report.ts';

/** Rules for names, probes, credentials and name resolution of a guest, as KubeVirt's admission has them. */

const MOST_NAME_SERVERS = 3;
const MOST_SEARCHES = 32;

export function validateGuest(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  if (spec.hostname && !LABEL.test(spec.hostname)) {
    report.invalid(`${path}.hostname`, `"${spec.hostname}" is not a DNS label (RFC 1123)`);
  }
  if (spec.subdomain && !SUBDOMAIN.test(spec.subdomain)) {
    report.invalid(`${path}.subdomain`, `"${spec.subdomain}" is not a DNS subdomain (RFC 1123)`);
  }
  if (spec.serviceAccountName && !SUBDOMAIN.test(spec.serviceAccountName)) {
    report.invalid(`${path}.serviceAccountName`, `"${spec.serviceAccountName}" is not the name of a ServiceAccount`);
  }
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    report.invalid(`${path}.terminationGracePeriodSeconds`, 'must not be negative');
  }
  validateProbes(spec, path, report);
  validateNames(spec, path, report);
  validateCredentials(spec, path, report);
}

function validateProbes(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  for (const name of ['livenessProbe', 'readinessProbe'] as const) {
    const probe = spec[name];
    if (probe) validateProbe(spec, probe, `${path}.${name}`, report);
  }
  if (spec.startStrategy === 'Paused' && spec.livenessProbe) {
    report.invalid(`${path}.startStrategy`, 'a machine that starts paused cannot have a livenessProbe');
  }
}

function validateProbe(
  spec: VirtualMachineInstanceSpec,
  probe: VirtualMachineProbe,
  field: string,
  report: Report,
): void {
  report.exactlyOne(probe, ['exec', 'httpGet', 'tcpSocket', 'guestAgentPing'], field, 'kind of probe');
  const reachable = (spec.networks ?? []).some((network) => network.pod || network.multus?.default);
  if (reachable) return;
  for (const kind of ['httpGet', 'tcpSocket'] as const) {
    if (probe[kind]) report.invalid(`${field}.${kind}`, 'only works where the machine joins the pod network');
  }
}

function validateNames(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const { nameservers = [], searches = [], options = [] } = spec.dnsConfig ?? {};
  if (spec.dnsPolicy === 'None' && nameservers.length === 0) {
    report.required(`${path}.dnsConfig.nameservers`, 'must name at least one server with the dnsPolicy None');
  }
  if (nameservers.length > MOST_NAME_SERVERS) {
    report.add('FieldValueTooMany', `${path}.dnsConfig.nameservers`, `can hold at most ${MOST_NAME_SERVERS}`);
  }
  if (searches.length > MOST_SEARCHES) {
    report.add('FieldValueTooMany', `${path}.dnsConfig.searches`, `can hold at most ${MOST_SEARCHES}`);
  }
  for (const [index, search] of searches.entries()) {
    if (!SUBDOMAIN.test(search)) report.invalid(`${path}.dnsConfig.searches[${index}]`, `"${search}" is not a domain`);
  }
  for (const [index, { name }] of options.entries()) {
    if (!name) report.required(`${path}.dnsConfig.options[${index}].name`, 'must be set');
  }
}

function validateCredentials(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  for (const [index, credential] of (spec.accessCredentials ?? []).entries()) {
    const field = `${path}.accessCredentials[${index}]`;
    report.exactlyOne(credential, ['sshPublicKey', 'userPassword'], field, 'kind of credential');
    for (const kind of ['sshPublicKey', 'userPassword'] as const) {
      const part = credential[kind];
      if (!part) continue;
      if (!part.source.secret) report.required(`${field}.${kind}.source.secret`, 'must be set');
      const methods = Object.keys(part.propagationMethod).length;
      if (methods !== 1) report.invalid(`${field}.${kind}.propagationMethod`, 'must have exactly one method set');
    }
    const method = credential.sshPublicKey?.propagationMethod;
    const volumes = spec.volumes ?? [];
    if (method?.noCloud && !volumes.some((volume) => volume.cloudInitNoCloud)) {
      report.invalid(`${field}.sshPublicKey.propagationMethod.noCloud`, 'needs a cloudInitNoCloud volume');
    }
    if (method?.configDrive && !volumes.some((volume) => volume.cloudInitConfigDrive)) {
      report.invalid(`${field}.sshPublicKey.propagationMethod.configDrive`, 'needs a cloudInitConfigDrive volume');
    }
    if (method?.qemuGuestAgent && method.qemuGuestAgent.users.length === 0) {
      report.invalid(`${field}.sshPublicKey.propagationMethod.qemuGuestAgent.users`, 'must name at least one user');
    }
  }
}
