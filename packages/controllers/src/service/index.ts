/**
 * Tells users where a LoadBalancer Service is reached. The API gives the address, the hosts serve it; this
 * reconciler publishes it in `status.loadBalancer` once a host says that it does.
 */
export * from './load-balancer-status.ts';
export * from './service-reconciler.ts';
