/**
 * Who answers for a Service: pods and virtual machines alike, by their labels. The answer is written as
 * EndpointSlices, and once more as Endpoints for older clients.
 *
 *   backend            what a pod and a virtual machine have in common here: addresses, ports, readiness
 *   endpoint-groups    the backends of a service, grouped by the ports that they resolve to
 *   plan-slices        which slices to make, change and take away, with as few writes as possible
 *   endpoints-of       the same as one Endpoints object
 *   endpoint-slice-reconciler  observes and acts
 */
export * from './endpoint-slice-reconciler.ts';
