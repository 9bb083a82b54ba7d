import type { Cause, Draft, KindDefinition, Service } from '@godwit/kinds';
import type { Engine } from '../../operations/engine.ts';
import { invalid, quoted } from '../../validation/index.ts';
import type { AdmissionRequest, Admitter } from '../admitter.ts';
import type { AddressParent, AddressPool } from './address-pool.ts';
import { NodePorts } from './node-ports.ts';

/**
 * Gives Services what they are reached at: a cluster address, a load balancer address, node ports. All of it is
 * written with the Service and goes with it; what a Service has, it keeps until it no longer asks for it.
 */
export async function serviceAddresses(engine: Engine): Promise<Admitter | undefined> {
  const pool = engine.addresses;
  if (!pool || !engine.kinds.find('', 'v1', 'services')) return undefined;
  const nodePorts = new NodePorts(engine);
  return {
    name: 'service-addresses',
    admit(request) {
      const { operation, kind, address } = request;
      if (!isService(kind) || operation === 'delete' || address.subresource !== undefined) return undefined;
      return give(request);
    },
    release(request) {
      return isService(request.kind) ? takeBack(request) : undefined;
    },
  };

  async function give(request: AdmissionRequest): Promise<void> {
    await engine.current();
    keepAllocated(request);
    giveClusterAddress(pool as AddressPool, request);
    giveLoadBalancerAddress(pool as AddressPool, request);
    await nodePorts.give(request);
  }

  async function takeBack(request: AdmissionRequest): Promise<void> {
    await engine.current();
    for (const write of pool?.release(parentOf(request)) ?? []) request.append(write);
    nodePorts.release(request);
  }
}

function isService(kind: KindDefinition): boolean {
  return kind.group === '' && kind.plural === 'services';
}

function parentOf({ address, object }: AdmissionRequest): AddressParent {
  return { group: '', resource: 'services', namespace: address.namespace ?? '', name: object.metadata.name ?? '' };
}

type ServiceDraft = Draft<Service>;

/** A client that does not repeat what was given to a Service does not give it back. */
function keepAllocated({ object, old }: AdmissionRequest): void {
  const { spec } = object as unknown as ServiceDraft;
  const before = (old as unknown as Service | undefined)?.spec;
  if (!before || spec.type === 'ExternalName' || before.type === 'ExternalName') return;
  spec.clusterIP ||= before.clusterIP as string;
  if (!spec.clusterIPs?.length && before.clusterIPs) spec.clusterIPs = [...before.clusterIPs];
  if (spec.type === 'ClusterIP') return;
  for (const port of spec.ports ?? []) {
    const same = before.ports?.find(
      (other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    );
    if (!port.nodePort && same?.nodePort) port.nodePort = same.nodePort;
  }
}

function refuse(request: AdmissionRequest, field: string, value: unknown, why: string): never {
  const cause: Cause = { reason: 'FieldValueInvalid', field, message: `Invalid value: ${quoted(value)}: ${why}` };
  throw invalid(request.kind, request.object.metadata.name ?? '', [cause]);
}

function giveClusterAddress(pool: AddressPool, request: AdmissionRequest): void {
  const { spec } = request.object as unknown as ServiceDraft;
  const before = (request.old as unknown as Service | undefined)?.spec;
  const parent = parentOf(request);
  if (spec.type === 'ExternalName') {
    const write = before?.clusterIP ? pool.releaseOne(parent, before.clusterIP) : undefined;
    if (write) request.append(write);
    return;
  }
  const wanted = spec.clusterIP || spec.clusterIPs?.[0];
  if (wanted === 'None') {
    spec.clusterIP = 'None';
    spec.clusterIPs = ['None'];
    return;
  }
  if (before?.clusterIP && wanted === before.clusterIP) return;
  if (before?.clusterIP && before.type !== 'ExternalName' && wanted) {
    refuse(request, 'spec.clusterIPs[0]', wanted, 'may not change once set');
  }
  if (!pool.network) return;
  const given = wanted
    ? pool.claim(wanted, parent, 'services', request.onEnd)
    : pool.choose(parent, 'services', request.onEnd);
  if (!given)
    refuse(
      request,
      'spec.clusterIPs',
      [wanted],
      `the provided IP (${wanted}) is not in the service subnet or is already allocated`,
    );
  if (given?.write) request.append(given.write);
  spec.clusterIP = given?.ip;
  spec.clusterIPs = [spec.clusterIP];
}

function giveLoadBalancerAddress(pool: AddressPool, request: AdmissionRequest): void {
  const { spec } = request.object as unknown as ServiceDraft;
  const parent = parentOf(request);
  const held = pool.find(parent, 'load-balancers');
  const wants = spec.type === 'LoadBalancer' && !spec.loadBalancerClass;
  const wanted = wants ? spec.loadBalancerIP : undefined;
  if (held !== undefined && (!wants || (wanted && wanted !== held))) {
    const write = pool.releaseOne(parent, held);
    if (write) request.append(write);
  }
  if (!wants || !pool.network || (held !== undefined && (!wanted || wanted === held))) return;
  const given = wanted
    ? pool.claim(wanted, parent, 'load-balancers', request.onEnd)
    : pool.choose(parent, 'load-balancers', request.onEnd);
  if (!given)
    refuse(request, 'spec.loadBalancerIP', wanted, 'is not in the load balancer range or is already allocated');
  if (given?.write) request.append(given.write);
}
