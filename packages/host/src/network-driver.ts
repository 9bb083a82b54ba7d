import type { ByteChannel } from '@godwit/base';
import type { BalancerReading } from './metrics/index.ts';

/**
 * The data plane of one host: one network namespace that holds a bridge, the taps and veths of machines,
 * DHCP, DNS, service addresses and the load balancer, joined to the host by one uplink veth. Everything is
 * idempotent: after a crash it is called again with the same arguments. Removing it is one delete.
 */
export interface NetworkDriver {
  /** Makes or repairs the data plane. */
  start(): Promise<void>;
  /** Removes everything that `start` and `attach` made. */
  remove(): Promise<void>;
  /** Joins a machine to a network. A pod gets a namespace with an interface, a VM a tap. */
  attach(request: PortRequest): Promise<Port>;
  detach(machineUid: string): Promise<void>;
  /** Ports that exist now, by machine: for adoption and for finding leaks. */
  ports(): Promise<readonly { readonly machineUid: string }[]>;
  /** Everything services need on this host; what is no longer named is taken away. */
  applyServices(table: ServiceTable): Promise<void>;
  /**
   * Takes an address out of every service of this host and resolves when the TCP connections to it have
   * ended, or after `timeoutMs`. Connections that this host itself made straight to the address (probes,
   * port-forward) do not count. The address is served again after its next `attach`.
   */
  drain(address: string, timeoutMs: number): Promise<void>;
  /** What the load balancer of this host has counted for each service that it serves; nothing while none runs. */
  balancers(): Promise<readonly BalancerReading[]>;
  /** A TCP connection to a machine, from inside the data plane: probes and port-forward. */
  connect(address: string, port: number, timeoutMs: number): Promise<ByteChannel>;
  /** Stops watching and waiting; the data plane stays and is adopted by the next `start`. */
  release(): Promise<void>;
}

export interface PortRequest {
  readonly machineUid: string;
  readonly machineName: string;
  readonly namespace: string;
  readonly type: 'namespace' | 'tap';
  /** Name of the interface inside a pod's namespace (`eth0`). */
  readonly interfaceName: string;
  /** Index of the interface on the machine, 0 for the first. */
  readonly index: number;
  readonly address: MachineAddress;
  /** Where DHCP tells the guest its name. */
  readonly hostname: string;
}

/** One interface's identity, given by the API at binding and kept in an annotation of the machine. */
export interface MachineAddress {
  /** Name of the Network object. */
  readonly network: string;
  readonly ip: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly mac: string;
  readonly dnsServers: readonly string[];
  readonly searchDomains: readonly string[];
  readonly mtu: number;
}

export interface Port {
  readonly machineUid: string;
  /** Path of the pod's network namespace. */
  readonly namespacePath?: string;
  /** Name of the VM's tap, inside the data plane's namespace. */
  readonly tapName?: string;
  /** Words to put before a command so that it runs where the tap is: `[...commandPrefix, 'qemu-system-x86_64', …]`. */
  readonly commandPrefix?: readonly string[];
}

/** Services as this host must serve them, derived from Services and EndpointSlices. */
export interface ServiceTable {
  readonly services: readonly ServiceEntry[];
  /** Names for DNS beyond those of services: machine name → address. */
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
}

export interface ServiceEntry {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly clusterIps: readonly string[];
  /** Addresses on which the load balancer listens. */
  readonly externalIps: readonly string[];
  /** Clients that may use `externalIps`, as ranges; everybody when there are none. */
  readonly sourceRanges?: readonly string[];
  readonly headless: boolean;
  readonly sessionAffinitySeconds?: number;
  /** TCP requests wait while there is no endpoint that is ready, at whatever address: they wake one. */
  readonly wakes?: boolean;
  readonly ports: readonly ServicePortEntry[];
}

export interface ServicePortEntry {
  readonly name: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
  readonly nodePort?: number;
  readonly appProtocol?: string;
  readonly endpoints: readonly Endpoint[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Not ready or terminating endpoints get no new connections, but keep those they have. */
  readonly state: 'ready' | 'draining';
  /** Host name for headless services (`pod-0`). */
  readonly hostname?: string;
}
