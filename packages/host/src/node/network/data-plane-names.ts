/** Names on the host that one instance uses; all carry its id, so that two never meet. */
export interface DataPlaneNames {
  /** Network namespace of the data plane. */
  readonly namespace: string;
  /** The uplink's interface on the host. */
  readonly uplink: string;
  /** nft table on the host. */
  readonly table: string;
  /** Folder for sockets, process ids and generated configuration. Gone after a reboot, as the rest is. */
  readonly runFolder: string;
  /** Prefix of pods' namespaces. */
  readonly podPrefix: string;
  /** Beginning of the names of the scopes in which daemons run, under systemd. */
  readonly scopePrefix: string;
}

/** @param instanceId eight hexadecimal digits */
export function dataPlaneNames(instanceId: string): DataPlaneNames {
  return {
    namespace: `godwit-${instanceId}`,
    uplink: `gw${instanceId}`,
    table: `godwit_${instanceId}`,
    runFolder: `/run/godwit-${instanceId}/network`,
    podPrefix: `gw${instanceId}-`,
    scopePrefix: `godwit-net-${instanceId}-`,
  };
}

/** Interface of an address on the bridge: `p` and the address in hexadecimal. */
export function portName(ip: string): string {
  const hex = ip.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `p${hex.join('')}`;
}

/** The address that `portName` made the name of. */
export function addressOfPort(name: string): string | undefined {
  const match = /^p([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/.exec(name);
  return match
    ?.slice(1)
    .map((hex) => Number.parseInt(hex, 16))
    .join('.');
}
