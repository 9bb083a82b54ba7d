import { type EndpointSlice, externalAddresses, type IPAddress, type Service, serviceOfAddress } from '@godwit/kinds';
import type { Endpoint, ServiceEntry, ServicePortEntry, ServiceTable } from '../network-driver.ts';

/** What services are derived from. Objects are shared and immutable: identity tells whether one changed. */
export interface ServiceSources {
  readonly services: Iterable<Service>;
  readonly endpointSlices: Iterable<EndpointSlice>;
  /** Addresses that the API gave; those of a LoadBalancer's Service that are no cluster addresses are its external ones. */
  readonly addresses: Iterable<IPAddress>;
  /** Services, as `namespace/name`, whose requests wake what serves them. */
  readonly waking?: ReadonlySet<string>;
  readonly hosts?: ServiceTable['hosts'];
}

/** Label by which a slice names its service (Kubernetes well-known labels). */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** What an entry depends on. */
interface Found {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly externalIps: readonly string[];
  readonly wakes: boolean;
}

interface Derived extends Found {
  readonly entry: ServiceEntry;
}

/**
 * Services + EndpointSlices → ServiceTable, for one host. An entry is the same object as last time when
 * nothing that it depends on has changed, which is how the driver sees what to do.
 */
export class ServiceTableMaker {
  #derived = new Map<string, Derived>();

  make(sources: ServiceSources): ServiceTable {
    const slices = groupBy(sources.endpointSlices, ({ metadata }) => {
      const name = metadata.labels?.[SERVICE_NAME_LABEL];
      return name === undefined ? undefined : `${metadata.namespace}/${name}`;
    });
    const addresses = groupBy(sources.addresses, serviceOfAddress);
    const derived = new Map<string, Derived>();
    for (const service of sources.services) {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      if (service.spec.type === 'ExternalName') continue;
      const found = {
        service,
        slices: slices.get(key) ?? [],
        externalIps: externalAddresses(service, addresses.get(key) ?? []),
        wakes: sources.waking?.has(key) === true,
      };
      const next = derive(this.#derived.get(key), found);
      if (next) derived.set(key, next);
    }
    this.#derived = derived;
    return { services: [...derived.values()].map(({ entry }) => entry), hosts: sources.hosts ?? [] };
  }
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string | undefined): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function derive(before: Derived | undefined, found: Found): Derived | undefined {
  const { service, slices, externalIps, wakes } = found;
  const same =
    before?.service === service &&
    before.wakes === wakes &&
    before.externalIps.join() === externalIps.join() &&
    before.slices.length === slices.length &&
    before.slices.every((slice, index) => slice === slices[index]);
  if (same) return before;
  const entry = serviceEntry(found);
  return entry && { ...found, entry };
}

function serviceEntry({ service, slices, externalIps, wakes }: Found): ServiceEntry | undefined {
  const { metadata, spec } = service;
  const clusterIps = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []);
  const headless = spec.clusterIP === 'None';
  // Not given an address yet.
  if (!headless && clusterIps.length === 0) return undefined;
  const sticky = spec.sessionAffinity === 'ClientIP';
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    clusterIps: headless ? [] : clusterIps.filter((address) => address.includes('.')),
    externalIps,
    headless,
    ...(spec.loadBalancerSourceRanges?.length && { sourceRanges: spec.loadBalancerSourceRanges }),
    ...(wakes && { wakes }),
    ...(sticky && { sessionAffinitySeconds: spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800 }),
    ports: headless && !spec.ports?.length ? [portlessEntry(slices)] : portEntries(spec, slices),
  };
}

function portEntries(spec: Service['spec'], slices: readonly EndpointSlice[]): ServicePortEntry[] {
  return (spec.ports ?? [])
    .filter((port) => port.protocol !== 'SCTP')
    .map((port) => {
      const protocol = port.protocol === 'UDP' ? 'UDP' : 'TCP';
      return {
        name: port.name ?? '',
        protocol,
        port: port.port,
        ...(port.nodePort && { nodePort: port.nodePort }),
        ...(port.appProtocol && { appProtocol: port.appProtocol }),
        endpoints: endpointsOf(slices, port.name ?? '', protocol),
      };
    });
}

/** A headless service may have no ports at all; its names still lead to its endpoints. */
function portlessEntry(slices: readonly EndpointSlice[]): ServicePortEntry {
  const endpoints = unique(slices.flatMap((slice) => sliceEndpoints(slice, 0)));
  return { name: '', protocol: 'TCP', port: 0, endpoints };
}

function endpointsOf(slices: readonly EndpointSlice[], name: string, protocol: string): Endpoint[] {
  return unique(
    slices.flatMap((slice) => {
      const port = slice.ports?.find((each) => (each.name ?? '') === name && (each.protocol ?? 'TCP') === protocol);
      return port?.port === undefined ? [] : sliceEndpoints(slice, port.port);
    }),
  );
}

/** Unready endpoints are left out, unless they terminate and still serve: those keep what they have. */
function sliceEndpoints(slice: EndpointSlice, port: number): Endpoint[] {
  if (slice.addressType !== 'IPv4') return [];
  return slice.endpoints.flatMap(({ addresses, conditions, hostname }) => {
    const ready = conditions?.ready !== false && conditions?.terminating !== true;
    if (!ready && conditions?.terminating !== true) return [];
    const state = ready ? ('ready' as const) : ('draining' as const);
    return addresses.map((address) => ({ address, port, state, ...(hostname && { hostname }) }));
  });
}

/** One endpoint an address and port, in a steady order; ready wins while two slices overlap. */
function unique(endpoints: readonly Endpoint[]): Endpoint[] {
  const byTarget = new Map<string, Endpoint>();
  for (const endpoint of endpoints) {
    const target = `${endpoint.address}:${endpoint.port}`;
    const known = byTarget.get(target);
    if (!known || (known.state === 'draining' && endpoint.state === 'ready')) byTarget.set(target, endpoint);
  }
  return [...byTarget.values()];
}

/** Addresses on which this host's load balancer listens: what its agent tells in the Node's annotation. */
export function servedAddresses(table: ServiceTable): string[] {
  return [...new Set(table.services.flatMap((service) => service.externalIps))].sort();
}

/** Cluster addresses that are the load balancer's, because requests to them wait for what they wake. */
export function heldAddresses({ services }: ServiceTable): string[] {
  return services.flatMap(({ wakes, clusterIps }) => (wakes ? clusterIps : []));
}

/** Services, as `namespace/name`, for which requests would wait now. */
export function sleepingServices({ services }: ServiceTable): string[] {
  return services
    .filter(({ wakes, headless, ports }) => wakes && !headless && !ports.some(isServed))
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

const isServed = ({ endpoints }: ServicePortEntry) => endpoints.some(({ state }) => state === 'ready');
