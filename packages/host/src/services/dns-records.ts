import type { ServiceEntry, ServiceTable } from '../network-driver.ts';

/** The files of dnsmasq's hosts folder that services need: content by file name, one file a service. */
export function serviceRecords(table: ServiceTable, dnsDomain: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const service of table.services) {
    const text = textOf(service, dnsDomain);
    if (text !== '') files.set(`service-${service.namespace}-${service.name}-${service.uid}`, text);
  }
  const hosts = renderRecords(table.hosts.map(({ name, address }) => [address, name] as const));
  if (hosts !== '') files.set('hosts', hosts);
  return files;
}

/** Entries are immutable, so what was said of one holds as long as it lives. */
const texts = new WeakMap<ServiceEntry, { readonly dnsDomain: string; readonly text: string }>();

function textOf(service: ServiceEntry, dnsDomain: string): string {
  const known = texts.get(service);
  if (known?.dnsDomain === dnsDomain) return known.text;
  const text = renderRecords(recordsOf(service, dnsDomain));
  texts.set(service, { dnsDomain, text });
  return text;
}

/**
 * `name.namespace.svc.<domain>`: the service's own address, or for a headless one those of its ready
 * endpoints, each under its host name as well (Kubernetes DNS-Based Service Discovery 1.1.0).
 */
export function recordsOf(service: ServiceEntry, dnsDomain: string): (readonly [address: string, name: string])[] {
  const name = `${service.name}.${service.namespace}.svc.${dnsDomain}`;
  if (!service.headless) return service.clusterIps.map((address) => [address, name] as const);
  const ready = service.ports.flatMap((port) => port.endpoints).filter((endpoint) => endpoint.state === 'ready');
  const records = ready.flatMap(({ address, hostname }) => [
    [address, name] as const,
    ...(hostname ? [[address, `${hostname}.${name}`] as const] : []),
  ]);
  return [...new Map(records.map((record) => [record.join(' '), record])).values()];
}

/**
 * The name of a machine: `name.namespace.pod.<domain>`, or `.vm.` for a virtual machine. With it come the
 * name that the guest calls itself, where that differs.
 */
export function machineRecords(machine: {
  readonly machineName: string;
  readonly namespace: string;
  readonly type: 'namespace' | 'tap';
  readonly hostname: string;
  readonly ip: string;
  readonly dnsDomain: string;
}): string {
  const suffix = `${machine.namespace}.${machine.type === 'tap' ? 'vm' : 'pod'}.${machine.dnsDomain}`;
  const names = new Set([machine.machineName, machine.hostname].filter((name) => name !== ''));
  return renderRecords([...names].map((name) => [machine.ip, `${name}.${suffix}`] as const));
}

const DNS_NAME = /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i;

/** Lines of a hosts file. Names that DNS cannot say are left out. */
function renderRecords(records: readonly (readonly [address: string, name: string])[]): string {
  return records
    .filter(([, name]) => DNS_NAME.test(name))
    .map(([address, name]) => `${address} ${name}\n`)
    .join('');
}
