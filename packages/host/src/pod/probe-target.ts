import { Failure } from '@godwit/base';
import type { Container, LifecycleHandler, Pod, Probe } from '@godwit/kinds';
import { addressesOf } from '../machine/machine-addresses.ts';
import type { HostFacts } from './host-facts.ts';
import type { ProbeTarget } from './pod-tools.ts';

/** Where an http, tcp or grpc probe goes; undefined for one that runs a command. */
export function probeTarget(
  probe: Probe | LifecycleHandler,
  pod: Pod,
  container: Container,
  host: HostFacts,
): ProbeTarget | undefined {
  const own = (pod.spec.hostNetwork ? host.ips[0] : addressesOf(pod)[0]?.ip) ?? '';
  const { httpGet, tcpSocket } = probe;
  if (httpGet) {
    return {
      type: 'http',
      address: httpGet.host || own,
      port: portNumber(httpGet.port, container),
      tls: httpGet.scheme === 'HTTPS',
      path: httpGet.path || '/',
      headers: httpGet.httpHeaders ?? [],
    };
  }
  if (tcpSocket) return { type: 'tcp', address: tcpSocket.host || own, port: portNumber(tcpSocket.port, container) };
  if ('grpc' in probe && probe.grpc) {
    return { type: 'grpc', address: own, port: probe.grpc.port, service: probe.grpc.service ?? '' };
  }
  return undefined;
}

function portNumber(port: string | number, container: Container): number {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  if (Number.isInteger(number)) return number;
  throw new Failure('configuration-error', `container ${container.name} has no port named "${port}"`);
}
