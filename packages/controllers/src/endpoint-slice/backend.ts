import {
  addressesOf,
  isPodFinished,
  isPodReady,
  isSidecar,
  type KubeObject,
  type ObjectReference,
  type Pod,
  type ServicePort,
  type VirtualMachineInstance,
} from '@godwit/kinds';

/** A machine that may answer for a service. */
export interface Backend {
  readonly reference: ObjectReference;
  readonly addresses: readonly string[];
  readonly nodeName?: string;
  readonly hostname?: string;
  /** Would take connections, were it not leaving. */
  readonly serving: boolean;
  /** Is on its way out. */
  readonly terminating: boolean;
  /** Ports by which services may name what they want. */
  readonly namedPorts: readonly NamedPort[];
}

interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

function referenceTo({ kind, metadata }: KubeObject): ObjectReference {
  return {
    kind,
    ...(metadata.namespace && { namespace: metadata.namespace }),
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
  };
}

/** The pod as a backend; undefined while it has no address, and once it is finished. */
export function backendOfPod(pod: Pod): Backend | undefined {
  const { spec, status, metadata } = pod;
  const told = (status?.podIPs ?? []).map(({ ip }) => ip);
  const addresses = told.length > 0 ? told : status?.podIP ? [status.podIP] : addressesOf(pod);
  if (addresses.length === 0 || isPodFinished(pod)) return undefined;
  const containers = [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)];
  const namedPorts = containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, containerPort, protocol = 'TCP' }) =>
      name ? [{ name, port: containerPort, protocol }] : [],
    ),
  );
  return {
    reference: referenceTo(pod),
    addresses,
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    ...(spec.hostname && spec.subdomain && { hostname: spec.hostname }),
    serving: isPodReady(pod),
    terminating: metadata.deletionTimestamp !== undefined,
    namedPorts,
  };
}

/** The virtual machine as a backend; undefined while it has no address, and once it is finished. */
export function backendOfInstance(instance: VirtualMachineInstance): Backend | undefined {
  const { spec, status, metadata } = instance;
  const told = (status?.interfaces ?? []).flatMap(({ ipAddress }) => (ipAddress ? [ipAddress] : []));
  const given = addressesOf(instance);
  const addresses = given.length > 0 ? given : told;
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (addresses.length === 0 || finished) return undefined;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const namedPorts = (spec.domain.devices?.interfaces ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ name, port, protocol }) => (name ? [{ name, port, protocol: protocol ?? 'TCP' }] : [])),
  );
  return {
    reference: referenceTo(instance),
    addresses: addresses.slice(0, 1),
    ...(status?.nodeName && { nodeName: status.nodeName }),
    ...(spec.hostname && spec.subdomain && { hostname: spec.hostname }),
    serving: ready?.status === 'True',
    terminating: metadata.deletionTimestamp !== undefined,
    namedPorts,
  };
}

/** The port number that a service's port means on this backend; undefined when it has no port of that name. */
export function portOn(
  { namedPorts }: Backend,
  { port, targetPort = port, protocol = 'TCP' }: ServicePort,
): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  if (/^\d+$/.test(targetPort)) return Number(targetPort);
  return namedPorts.find((named) => named.name === targetPort && named.protocol === protocol)?.port;
}
