import type { IPAddress } from './ip-address.ts';
import type { Service } from './service/index.ts';

/**
 * Annotation of a Node in which its agent says which load balancer addresses it serves, as a JSON array.
 * The service controller publishes an address in `status.loadBalancer` once a node serves it.
 */
export const servedAddressesAnnotation = 'network.godwit.dev/load-balancer-addresses';

/**
 * The addresses on which the load balancer listens for a Service: those that the API gave it beside its
 * cluster addresses. None unless it asks for a load balancer, and for this one.
 * @param addresses the IPAddress objects whose parent it is
 */
export function externalAddresses(service: Service, addresses: Iterable<IPAddress>): string[] {
  if (service.spec.type !== 'LoadBalancer' || service.spec.loadBalancerClass !== undefined) return [];
  const inside = new Set([service.spec.clusterIP, ...(service.spec.clusterIPs ?? [])]);
  return [...addresses]
    .map((address) => address.metadata.name ?? '')
    .filter((name) => name !== '' && !inside.has(name))
    .sort();
}

/** `namespace/name` of the Service that an address belongs to; undefined when it is another kind's. */
export function serviceOfAddress({ spec }: IPAddress): string | undefined {
  const parent = spec?.parentRef;
  return parent?.resource === 'services' ? `${parent.namespace}/${parent.name}` : undefined;
}
