/** The ranges of one host's data plane. Written in the Network object; all IPv4. */
export interface AddressPlan {
  /** Pods and virtual machines, such as `10.80.0.0/17`. */
  readonly subnet: string;
  /** Address of the bridge: default gateway, DHCP and DNS of every machine. */
  readonly gateway: string;
  readonly serviceSubnet: string;
  readonly loadBalancerRange: string;
  /** Host's end of the uplink, a /30. */
  readonly uplinkHostAddress: string;
  /** The data plane's end of the uplink. */
  readonly uplinkInnerAddress: string;
  /** `cluster.local`. */
  readonly dnsDomain: string;
  /** Bytes. */
  readonly mtu: number;
}

/** Bits after the slash of `10.0.0.0/8`. */
export function prefixLength(range: string): number {
  return Number(range.split('/')[1] ?? 32);
}

/** First address of a range: `10.0.0.0` of `10.0.0.0/8`. */
export function firstAddress(range: string): string {
  return range.split('/')[0] ?? range;
}

/** `255.255.128.0` of `10.80.0.0/17`. */
export function netmask(range: string): string {
  const bits = (0xffffffff << (32 - prefixLength(range))) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
