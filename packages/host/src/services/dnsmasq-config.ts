import { addressNumber } from '@godwit/kinds';
import { type AddressPlan, firstAddress, netmask } from './address-plan.ts';
import { BRIDGE } from './firewall-rules.ts';

export interface DnsmasqSettings {
  readonly plan: AddressPlan;
  /** Folder for all of its files, readable by the user it runs as. */
  readonly folder: string;
  readonly user: string;
}

/**
 * Settings of the one dnsmasq: DHCP by MAC and DNS for the cluster's domain; other names go to the host's
 * own servers. Records come and go as files in `hosts`, `dhcp-hosts` and `dhcp-options`, without restart.
 */
export function renderDnsmasqConfig({ plan, folder, user }: DnsmasqSettings): string {
  const reverse = firstAddress(plan.subnet).split('.').slice(0, 2).reverse().join('.');
  return [
    `user=${user}`,
    `pid-file=${folder}/dnsmasq.pid`,
    `interface=${BRIDGE}`,
    'except-interface=lo',
    'bind-interfaces',
    'no-hosts',
    `hostsdir=${folder}/hosts`,
    `resolv-file=${folder}/resolv.conf`,
    `local=/${plan.dnsDomain}/`,
    `local=/${reverse}.in-addr.arpa/`,
    'domain-needed',
    'bogus-priv',
    'cache-size=2000',
    'dns-forward-max=1000',
    'local-ttl=2',
    'no-negcache',
    `dhcp-range=${firstAddress(plan.subnet)},static,${netmask(plan.subnet)},12h`,
    `dhcp-hostsdir=${folder}/dhcp-hosts`,
    `dhcp-optsdir=${folder}/dhcp-options`,
    `dhcp-leasefile=${folder}/leases`,
    'dhcp-authoritative',
    'dhcp-rapid-commit',
    'no-ping',
    'dhcp-ignore=tag:!known',
    // A guest has the name that it was given, not the one that it asks for.
    'dhcp-ignore-names',
    `dhcp-option=option:router,${plan.gateway}`,
    `dhcp-option=option:dns-server,${plan.gateway}`,
    `dhcp-option=option:mtu,${plan.mtu}`,
    'quiet-dhcp',
    '',
  ].join('\n');
}

/** A reservation: whoever has this MAC gets this address and name, and its namespace's search list. */
export function renderReservation(guest: {
  readonly mac: string;
  readonly ip: string;
  readonly hostname: string;
  readonly namespace: string;
}): string {
  return `${guest.mac},set:in-${guest.namespace},${guest.ip},${guest.hostname},infinite\n`;
}

/** DHCP options of a Kubernetes namespace: where short names are looked for, and the domain of its guests. */
export function renderNamespaceOptions(namespace: string, searchDomains: readonly string[]): string {
  if (searchDomains.length === 0) return '';
  return `tag:in-${namespace},option:domain-search,${searchDomains.join(',')}\n`;
}

/** The name servers that dnsmasq may ask: those of the host but for its loopback, which is another one here. */
export function upstreamServers(resolvConf: string): string[] {
  return nameServers(resolvConf).filter((server) => !server.startsWith('127.'));
}

/** A name server on the host's own loopback; it is reached through the uplink. */
export function loopbackServer(resolvConf: string): string | undefined {
  return nameServers(resolvConf).find((server) => server.startsWith('127.'));
}

function nameServers(resolvConf: string): string[] {
  return resolvConf
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([word, server]) => word === 'nameserver' && addressNumber(server ?? '') !== undefined)
    .map(([, server]) => server as string);
}
