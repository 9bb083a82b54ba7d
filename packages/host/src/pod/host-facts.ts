/** What a pod may be told of its host. */
export interface HostFacts {
  readonly nodeName: string;
  readonly ips: readonly string[];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  /** Resolver settings of the host, for `dnsPolicy: Default`. */
  readonly resolverText: string;
}
