import type { ServiceEntry, ServicePortEntry, ServiceTable } from '../network-driver.ts';

/** How the load balancer speaks on a port. `detect` looks at the first bytes of each connection. */
export type Speech = 'http' | 'http2' | 'tcp' | 'detect';

/** One port of one service as users reach it. */
export interface LoadBalancer {
  /** `namespace:service:protocol:port`, unique; colons cannot occur in the parts. */
  readonly name: string;
  /** Where it listens, as `address:port`. */
  readonly binds: readonly string[];
  readonly speech: Speech;
  /** Addresses to which only clients in `sourceRanges` may connect, where there are any. */
  readonly externalIps: readonly string[];
  readonly sourceRanges: readonly string[];
  /** Seconds that a client stays with one server; undefined: every request goes to the next server. */
  readonly stickySeconds: number | undefined;
  /** Requests wait while there is no server. */
  readonly holds: boolean;
  readonly servers: readonly BalancedServer[];
}

export interface BalancedServer {
  /** Derived from address and port, so the same in every run. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

const IPV4_RANGE = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
/** The limited broadcast address, from which no connection comes. */
const NOBODY = '255.255.255.255/32';

/** Ports on which the server speaks first, so that waiting for the client's bytes would only cost time. */
const SERVER_SPEAKS_FIRST = new Set([21, 22, 23, 25, 110, 119, 143, 194, 587, 3306, 5900, 6667]);
const TLS_PORTS = new Set([443, 465, 636, 853, 989, 990, 993, 995, 6443, 8443]);

/**
 * Told by `appProtocol` (an IANA service name or one of Kubernetes' own), then by the port's name as Istio
 * reads it (`http`, `http-web`, `grpc-…`, `tcp-…`), then by its number; else by the first bytes.
 */
export function speechOf(port: Pick<ServicePortEntry, 'name' | 'port' | 'appProtocol'>): Speech {
  const told = port.appProtocol?.toLowerCase() ?? port.name.split('-')[0]?.toLowerCase() ?? '';
  if (told === 'http' || told === 'ws' || told === 'kubernetes.io/ws') return 'http';
  if (told === 'grpc' || told === 'http2' || told === 'h2c' || told === 'kubernetes.io/h2c') return 'http2';
  if (port.appProtocol !== undefined) return 'tcp';
  if (['tcp', 'https', 'tls', 'wss', 'mysql', 'mongo', 'redis', 'postgresql', 'ssh', 'amqp'].includes(told))
    return 'tcp';
  if (SERVER_SPEAKS_FIRST.has(port.port) || TLS_PORTS.has(port.port)) return 'tcp';
  return 'detect';
}

/**
 * What the load balancer serves: the TCP ports of services with external addresses, and those of services whose requests
 * wake them, wherever they come in.
 * @param nodeAddress where node ports come in
 */
export function loadBalancersOf(
  table: ServiceTable,
  nodeAddress: string,
  excluded: ReadonlySet<string> = new Set(),
): LoadBalancer[] {
  return table.services.flatMap((service) =>
    service.ports
      .filter((port) => port.protocol === 'TCP')
      .map((port) => ({ port, binds: bindsOf(service, port, nodeAddress) }))
      .filter(({ binds }) => binds.length > 0)
      .map(
        ({ port, binds }): LoadBalancer => ({
          name: `${service.namespace}:${service.name}:${port.port}`,
          binds,
          speech: speechOf(port),
          externalIps: service.externalIps,
          // What goes into the configuration must be a range and nothing else.
          sourceRanges: (service.sourceRanges ?? []).map((range) => (IPV4_RANGE.test(range) ? range : NOBODY)),
          stickySeconds: service.sessionAffinitySeconds,
          holds: service.wakes === true,
          servers: serversOf(port, excluded),
        }),
      ),
  );
}

/** Of a service that wakes, the last is one that everybody may connect to. */
function bindsOf(service: ServiceEntry, { port, nodePort }: ServicePortEntry, nodeAddress: string): readonly string[] {
  const external = service.externalIps.map((address) => `${address}:${port}`);
  if (!service.wakes) return external;
  const inside = service.clusterIps.map((address) => `${address}:${port}`);
  return [...external, ...(nodePort === undefined ? [] : [`${nodeAddress}:${nodePort}`]), ...inside];
}

function serversOf(port: ServicePortEntry, excluded: ReadonlySet<string>): BalancedServer[] {
  return port.endpoints
    .filter((endpoint) => endpoint.state === 'ready' && !excluded.has(endpoint.address))
    .map(({ address, port: number }) => ({ name: serverName(address, number), address, port: number }));
}

export function serverName(address: string, port: number): string {
  return `${address.replaceAll('.', '-')}-${port}`;
}

/** The address in a name that `serverName` made. */
export function addressOfServer(name: string): string {
  return name.split('-').slice(0, 4).join('.');
}

/** HAProxy backends of a load balancer: one that speaks HTTP, one that does not, or both. */
export function backendsOf(balancer: LoadBalancer): readonly Backend[] {
  const http: Backend = { name: `${balancer.name}:http`, balancer, mode: 'http', http2: balancer.speech === 'http2' };
  const tcp: Backend = { name: `${balancer.name}:tcp`, balancer, mode: 'tcp', http2: false };
  if (balancer.speech === 'tcp') return [tcp];
  return balancer.speech === 'detect' ? [http, tcp] : [http];
}

export interface Backend {
  readonly name: string;
  readonly balancer: LoadBalancer;
  readonly mode: 'http' | 'tcp';
  readonly http2: boolean;
}
