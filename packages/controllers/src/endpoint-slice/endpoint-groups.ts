import type { Endpoint, EndpointPort, Service } from '@godwit/kinds';
import { type Backend, portOn } from './backend.ts';

/** Endpoints that share their ports. */
export interface EndpointGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

function portsOn(backend: Backend, service: Service): readonly EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((wanted) => {
    const port = portOn(backend, wanted);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = wanted;
    return [{ name, port, protocol, ...(appProtocol && { appProtocol }) }];
  });
}

function endpointOf(backend: Backend, service: Service): Endpoint {
  const { serving, terminating } = backend;
  const always = service.spec.publishNotReadyAddresses === true;
  return {
    addresses: backend.addresses.slice(0, 1),
    conditions: { ready: always || (serving && !terminating), serving: always || serving, terminating },
    ...(backend.hostname && { hostname: backend.hostname }),
    ...(backend.nodeName && { nodeName: backend.nodeName }),
    targetRef: backend.reference,
  };
}

/** One text for equal ports, whatever their order of fields. */
export function portsKey(ports: readonly EndpointPort[] | undefined): string {
  const texts = (ports ?? []).map(({ name = '', port, protocol = 'TCP', appProtocol = '' }) =>
    [name, port, protocol, appProtocol].join('/'),
  );
  return texts.sort().join(',');
}

const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None';

const first = ({ addresses }: Endpoint): string => addresses[0] ?? '';

/**
 * The backends of a service, grouped by the ports that they resolve to: machines may have different numbers
 * behind one port name. In the order of addresses, so that equal inputs make equal outputs.
 */
export function endpointGroups(service: Service, backends: readonly Backend[]): readonly EndpointGroup[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  for (const backend of backends) {
    const ports = portsOn(backend, service);
    // Without a port nobody can be sent here; only a headless service without ports is about names alone.
    if (ports.length === 0 && !(isHeadless(service) && (service.spec.ports ?? []).length === 0)) continue;
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(backend, service));
    groups.set(key, group);
  }
  for (const { endpoints } of groups.values()) endpoints.sort((a, b) => (first(a) < first(b) ? -1 : 1));
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
