import type { Condition, Service } from '@godwit/kinds';

/** What is known about a Service's load balancer. */
export interface LoadBalancerFacts {
  /** Addresses that the API gave to this Service for users. */
  readonly addresses: readonly string[];
  /** Addresses that hosts say they serve; undefined while no host says anything about addresses. */
  readonly served: ReadonlySet<string> | undefined;
  /** RFC 3339. */
  readonly now: string;
}

export const LOAD_BALANCER_READY = 'LoadBalancerReady';

/** The status that a Service should have. Pure; answers the same object when nothing changes. */
export function loadBalancerStatus(service: Service, facts: LoadBalancerFacts): NonNullable<Service['status']> {
  const before = service.status ?? {};
  // Another load balancer's class: its status is not ours to write.
  if (service.spec.loadBalancerClass !== undefined) return before;
  const others = (before.conditions ?? []).filter((condition) => condition.type !== LOAD_BALANCER_READY);
  if (service.spec.type !== 'LoadBalancer') {
    const { conditions: _, ...rest } = before;
    return { ...rest, loadBalancer: {}, ...(others.length > 0 && { conditions: others }) };
  }
  const { served } = facts;
  const reachable = facts.addresses.filter((address) => served === undefined || served.has(address));
  return {
    ...before,
    loadBalancer: reachable.length > 0 ? { ingress: reachable.map((ip) => ({ ip, ipMode: 'VIP' as const })) } : {},
    conditions: [...others, condition(service, reachable, facts)],
  };
}

function condition(service: Service, reachable: readonly string[], facts: LoadBalancerFacts): Condition {
  const before = service.status?.conditions?.find((each) => each.type === LOAD_BALANCER_READY);
  const [status, reason, message] = verdict(reachable, facts);
  const sameStatus = before?.status === status;
  return {
    type: LOAD_BALANCER_READY,
    status,
    reason,
    message,
    lastTransitionTime: sameStatus ? before.lastTransitionTime : facts.now,
  };
}

function verdict(
  reachable: readonly string[],
  facts: LoadBalancerFacts,
): readonly [status: 'True' | 'False', reason: string, message: string] {
  if (reachable.length > 0) return ['True', 'Served', `reached at ${reachable.join(', ')}`];
  if (facts.addresses.length === 0) return ['False', 'NoAddress', 'no address was given to this service yet'];
  return ['False', 'NotServed', `no node serves ${facts.addresses.join(', ')} yet`];
}
