import { Failure } from '@godwit/base';
import { type Container, type Pod, parseQuantity, type Stored } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import type { HostFacts } from './host-facts.ts';

const SUBSCRIPT = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

/** The value of a field reference. Throws Failure `configuration-error` for a field that cannot be had. */
export function fieldValue(pod: Stored<Pod>, path: string, host: HostFacts): string {
  const subscript = SUBSCRIPT.exec(path);
  if (subscript) {
    const map = subscript[1] === 'labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2] as string] ?? '';
  }
  const read = fields[path];
  if (!read) throw new Failure('configuration-error', `unsupported fieldPath: ${path}`);
  return read(pod, host);
}

const fields: Readonly<Record<string, (pod: Stored<Pod>, host: HostFacts) => string>> = {
  'metadata.name': (pod) => pod.metadata.name,
  'metadata.namespace': (pod) => pod.metadata.namespace ?? '',
  'metadata.uid': (pod) => pod.metadata.uid,
  'metadata.labels': (pod) => lines(pod.metadata.labels),
  'metadata.annotations': (pod) => lines(pod.metadata.annotations),
  'spec.nodeName': (_pod, host) => host.nodeName,
  'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? 'default',
  'status.hostIP': (_pod, host) => host.ips[0] ?? '',
  'status.hostIPs': (_pod, host) => host.ips.join(','),
  'status.podIP': (pod, host) => podIps(pod, host)[0] ?? '',
  'status.podIPs': (pod, host) => podIps(pod, host).join(','),
};

function podIps(pod: Pod, host: HostFacts): readonly string[] {
  return pod.spec.hostNetwork ? host.ips : addressesOf(pod).map(({ ip }) => ip);
}

function lines(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** The value of a resource reference: whole units of its divisor, rounded up; the host's where no limit is set. */
export function resourceValue(
  container: Container,
  resource: string,
  divisor: string | number | undefined,
  host: HostFacts,
): string {
  const [list, name = ''] = splitOnce(resource);
  const { limits, requests } = container.resources ?? {};
  const given = list === 'limits' ? limits?.[name] : (requests?.[name] ?? limits?.[name]);
  const amount = given === undefined ? (list === 'limits' ? hostAmount(name, host) : 0) : (parseQuantity(given) ?? 0);
  const unit = parseQuantity(divisor) || 1;
  return String(Math.ceil(Number((amount / unit).toFixed(9))));
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf('.');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function hostAmount(name: string, host: HostFacts): number {
  if (name === 'cpu') return host.cpuMillis / 1000;
  if (name === 'memory') return host.memoryBytes;
  return name === 'ephemeral-storage' ? host.ephemeralStorageBytes : 0;
}
