import type { Draft } from '../machinery/index.ts';
import type { Service, ServiceSpec } from './service-body.ts';

const AFFINITY_SECONDS = 10_800;

function defaultPorts(spec: Draft<ServiceSpec>): void {
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
}

/** Policies exist only where there is traffic that they could be about. */
function defaultPolicies(spec: Draft<ServiceSpec>): void {
  const outside = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (outside) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true;
  if (spec.type === 'ExternalName') return;
  spec.internalTrafficPolicy ||= 'Cluster';
  spec.ipFamilies ??= ['IPv4'];
  spec.ipFamilyPolicy ||= 'SingleStack';
}

/** What belongs to another type is taken back when the type changes, so that a patch of one field suffices. */
function dropForeign(spec: Draft<ServiceSpec>): void {
  if (spec.type === 'ClusterIP') {
    delete spec.externalTrafficPolicy;
    for (const port of spec.ports ?? []) delete port.nodePort;
  }
  if (spec.type !== 'LoadBalancer') delete spec.allocateLoadBalancerNodePorts;
  if (spec.type === 'ExternalName') {
    delete spec.clusterIP;
    delete spec.clusterIPs;
    delete spec.internalTrafficPolicy;
  } else delete spec.externalName;
}

export function defaultService(draft: Draft<Service>): void {
  const { spec } = draft;
  spec.sessionAffinity ||= 'None';
  spec.type ||= 'ClusterIP';
  if (draft.metadata.uid) dropForeign(spec);
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  } else delete spec.sessionAffinityConfig;
  defaultPorts(spec);
  defaultPolicies(spec);
  draft.status = { ...draft.status, loadBalancer: draft.status?.loadBalancer ?? {} };
}
