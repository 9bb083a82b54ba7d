import type { Pod, Stored } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import type { HostFacts } from './host-facts.ts';

const LONGEST_HOSTNAME = 63;

/** The host name of a pod. */
export function hostnameOf(pod: Stored<Pod>): string {
  const { hostname, hostnameOverride, setHostnameAsFQDN } = pod.spec;
  if (hostnameOverride) return hostnameOverride;
  const short = (hostname ?? pod.metadata.name).slice(0, LONGEST_HOSTNAME).replace(/[-.]+$/, '');
  const full = setHostnameAsFQDN ? fullName(pod) : undefined;
  return full ?? short;
}

/** `hostname.subdomain.namespace.svc.cluster.local`, for pods with a subdomain. */
function fullName(pod: Stored<Pod>): string | undefined {
  if (!pod.spec.subdomain) return undefined;
  const domain = clusterDomain(pod);
  return `${pod.spec.hostname ?? pod.metadata.name}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${domain}`;
}

/** The search domain that every other one ends in. */
function clusterDomain(pod: Pod): string {
  const domains = addressesOf(pod)[0]?.searchDomains ?? [];
  return [...domains].sort((a, b) => a.length - b.length)[0] ?? 'cluster.local';
}

/** `/etc/hosts` of a pod's containers. */
export function hostsFile(pod: Stored<Pod>): string {
  const lines = [
    '# Written by Godwit.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
  ];
  const short = pod.spec.hostname ?? pod.metadata.name;
  for (const { ip } of addressesOf(pod)) lines.push([ip, fullName(pod), short].filter(Boolean).join('\t'));
  for (const { ip, hostnames = [] } of pod.spec.hostAliases ?? []) lines.push([ip, ...hostnames].join('\t'));
  return `${lines.join('\n')}\n`;
}

/** `/etc/resolv.conf` of a pod's containers, by its dnsPolicy and dnsConfig. */
export function resolverFile(pod: Stored<Pod>, host: HostFacts): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = pod.spec;
  const cluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork);
  const address = addressesOf(pod)[0];
  const base = cluster && address ? clusterResolver(pod, address) : dnsPolicy === 'None' ? none : parsed(host);
  const options = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name, value } of dnsConfig?.options ?? []) {
    if (name) options.set(name, value === undefined ? name : `${name}:${value}`);
  }
  const servers = unique([...base.servers, ...(dnsConfig?.nameservers ?? [])]);
  const searches = unique([...base.searches, ...(dnsConfig?.searches ?? [])]);
  const lines = servers.map((server) => `nameserver ${server}`);
  if (searches.length > 0) lines.push(`search ${searches.join(' ')}`);
  if (options.size > 0) lines.push(`options ${[...options.values()].join(' ')}`);
  return `${lines.join('\n')}\n`;
}

interface Resolver {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

const none: Resolver = { servers: [], searches: [], options: [] };

function clusterResolver(pod: Stored<Pod>, address: NonNullable<ReturnType<typeof addressesOf>[0]>): Resolver {
  const domain = clusterDomain(pod);
  const namespace = pod.metadata.namespace ?? 'default';
  const own = [`${namespace}.svc.${domain}`, `svc.${domain}`, domain];
  return {
    servers: address.dnsServers,
    searches: unique([...own, ...address.searchDomains]),
    options: ['ndots:5'],
  };
}

function parsed(host: HostFacts): Resolver {
  const words = (key: string): readonly string[] =>
    host.resolverText
      .split('\n')
      .filter((line) => line.startsWith(`${key} `))
      .flatMap((line) => line.slice(key.length).trim().split(/\s+/));
  return { servers: words('nameserver'), searches: words('search'), options: words('options') };
}

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];
