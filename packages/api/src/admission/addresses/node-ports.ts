import type { Cause, Draft, Service, ServicePort } from '@godwit/kinds';
import type { Engine } from '../../operations/engine.ts';
import { invalid, quoted } from '../../validation/index.ts';
import type { AdmissionRequest } from '../admitter.ts';

/** Kubernetes' default range. */
const FIRST = 30_000;
const LAST = 32_767;

function portKey(port: number): string {
  return `/allocations/node-ports/${port}`;
}

/**
 * Ports of every node that belong to Services. A port is taken by writing its key with `previous: 0` in the
 * batch of the Service, so that two Services can never have the same one.
 */
export class NodePorts {
  readonly #engine: Engine;
  /** Chosen by requests of this process that are still on their way. */
  readonly #chosen = new Set<number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Gives a Service the node ports that it asks for, and takes back those that it no longer has. */
  async give(request: AdmissionRequest): Promise<void> {
    const { spec } = request.object as unknown as Draft<Service>;
    const before = portsOf(request.old as unknown as Service | undefined);
    const wants =
      spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
    const after = new Set<number>();
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!wants && !(spec.type === 'LoadBalancer' && port.nodePort)) {
        delete port.nodePort;
        continue;
      }
      // TCP and UDP on the same number are one node port.
      if (!port.nodePort) port.nodePort = this.#samePort(spec.ports, port) ?? (await this.#free(request));
      else if (!before.has(port.nodePort) && !after.has(port.nodePort))
        await this.#check(request, index, port.nodePort);
      after.add(port.nodePort);
    }
    for (const port of after) {
      if (!before.has(port)) this.#take(request, port);
    }
    for (const port of before) if (!after.has(port)) request.append({ key: portKey(port), body: null });
  }

  /** Takes back all node ports of a Service. */
  release(request: AdmissionRequest): void {
    for (const port of portsOf(request.object as unknown as Service)) {
      request.append({ key: portKey(port), body: null });
    }
  }

  #samePort(ports: readonly Draft<ServicePort>[] | undefined, port: Draft<ServicePort>): number | undefined {
    return ports?.find((other) => other !== port && other.port === port.port && other.nodePort)?.nodePort;
  }

  #take(request: AdmissionRequest, port: number): void {
    const { address, object } = request;
    this.#chosen.add(port);
    request.onEnd(() => this.#chosen.delete(port));
    const text = JSON.stringify({ namespace: address.namespace, service: object.metadata.name });
    request.append({ key: portKey(port), body: { text }, previous: 0 });
  }

  async #isTaken(port: number): Promise<boolean> {
    return this.#chosen.has(port) || (await this.#engine.store.get(portKey(port))) !== undefined;
  }

  async #free(request: AdmissionRequest): Promise<number> {
    const count = LAST - FIRST + 1;
    const begin = this.#engine.world.random.integer(count);
    for (let step = 0; step < count; step++) {
      const port = FIRST + ((begin + step) % count);
      if (await this.#isTaken(port)) continue;
      // Kept aside at once: the next port of this Service must not get the same one.
      this.#chosen.add(port);
      request.onEnd(() => this.#chosen.delete(port));
      return port;
    }
    return refuse(request, 'spec.ports', count, 'no node port is left');
  }

  async #check(request: AdmissionRequest, index: number, port: number): Promise<void> {
    const field = `spec.ports[${index}].nodePort`;
    if (port < FIRST || port > LAST) {
      refuse(
        request,
        field,
        port,
        `provided port is not in the valid range. The range of valid ports is ${FIRST}-${LAST}`,
      );
    }
    if (await this.#isTaken(port)) refuse(request, field, port, 'provided port is already allocated');
  }
}

function portsOf(service: Service | undefined): ReadonlySet<number> {
  const ports = (service?.spec.ports ?? []).map((port) => port.nodePort);
  return new Set(ports.filter((port): port is number => port !== undefined && port !== 0));
}

function refuse(request: AdmissionRequest, field: string, value: unknown, why: string): never {
  const cause: Cause = { reason: 'FieldValueInvalid', field, message: `Invalid value: ${quoted(value)}: ${why}` };
  throw invalid(request.kind, request.object.metadata.name ?? '', [cause]);
}
