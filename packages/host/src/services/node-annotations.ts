/**
 * Annotation of a Node in which its agent says which load balancer addresses it serves, as a JSON array.
 * The service controller publishes an address in `status.loadBalancer` once a node serves it.
 */
export const servedAddressesAnnotation = 'network.godwit.dev/load-balancer-addresses';
