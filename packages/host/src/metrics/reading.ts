import type { MachineName } from '@godwit/kinds';

/** The host as a whole, all that runs on it counted. */
export interface HostReading {
  /** Processor time that was not idle since the boot, of all processors together. */
  readonly cpuSeconds: number;
  /** Memory that cannot be given back at once. */
  readonly memoryBytes: number;
}

export interface MachineReading {
  readonly machine: MachineName;
  readonly parts: readonly PartReading[];
}

/** A container, or all of a virtual machine (`compute`). */
export interface PartReading extends HostReading {
  readonly name: string;
  /** Which run of it this is: in another one the processor time begins anew. */
  readonly run: string;
}

/** One service at the load balancer, all its ports together. Counters begin anew when the load balancer is reloaded. */
export interface BalancerReading {
  readonly namespace: string;
  readonly name: string;
  /** HTTP requests, or connections where another protocol is spoken. */
  readonly requests: number;
  /** HTTP answers of 500 and above. */
  readonly errors: number;
  /** Requests that wait for a server. */
  readonly queued: number;
  /** Connections to servers now. */
  readonly connections: number;
  /** Waiting, connecting and the server's first byte, mean over the last 1,024 requests; absent where none was seen. */
  readonly latencySeconds?: number;
}
