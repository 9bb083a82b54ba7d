import type { AddressPlan } from './address-plan.ts';

/** Where the host's side of the rules stands. */
export interface HostRules {
  /** Name of the nft table on the host. */
  readonly table: string;
  /** The uplink's interface on the host. */
  readonly uplink: string;
  readonly plan: AddressPlan;
  /** The host's name server when it listens on the host's loopback only. */
  readonly loopbackServer?: string | undefined;
}

/** Names inside the data plane's namespace; nobody else lives there. */
export const BRIDGE = 'br0';
export const UPLINK = 'uplink';

/**
 * The host's table. The sets keep their elements and the chains are refilled in one transaction, so a
 * restart leaves no gap. Packets to 127/8 that come from machines are dropped before anything translates
 * them: `route_localnet`, which lets node ports answer on 127.0.0.1, must not open the host's own services.
 */
export function renderHostRules({ table, uplink, plan, loopbackServer }: HostRules): string {
  const toDataPlane = `fib daddr type local meta l4proto . th dport @node-ports dnat to ${plan.uplinkInnerAddress}`;
  const chains: readonly (readonly [name: string, hook: string, rules: readonly string[]])[] = [
    [
      'guard',
      'type filter hook prerouting priority raw',
      [`iifname "${uplink}" ip daddr 127.0.0.0/8 drop`, `iifname "${uplink}" ip saddr 127.0.0.0/8 drop`],
    ],
    [
      'prerouting',
      'type nat hook prerouting priority dstnat',
      [
        ...(loopbackServer === undefined
          ? []
          : [
              `iifname "${uplink}" ip saddr ${plan.uplinkInnerAddress} ip daddr ${plan.uplinkHostAddress} meta l4proto { tcp, udp } th dport 53 dnat to ${loopbackServer}`,
            ]),
        toDataPlane,
      ],
    ],
    ['output', 'type nat hook output priority -100', [toDataPlane]],
    [
      'postrouting',
      'type nat hook postrouting priority srcnat',
      [
        `oifname "${uplink}" ip saddr 127.0.0.0/8 masquerade`,
        `iifname "${uplink}" oifname "${uplink}" masquerade`,
        `ip saddr ${plan.uplinkInnerAddress} oifname != { "${uplink}", "lo" } masquerade`,
      ],
    ],
    [
      'forward',
      'type filter hook forward priority filter',
      [`iifname "${uplink}" accept`, `oifname "${uplink}" accept`],
    ],
  ];
  return [
    `add table ip ${table}`,
    `add set ip ${table} node-ports { type inet_proto . inet_service; }`,
    ...renderChains(`ip ${table}`, chains),
    '',
  ].join('\n');
}

/**
 * The data plane's tables: `ip godwit` translates service addresses by maps, so the cost of a packet does
 * not depend on how many services there are; `bridge guard` lets a machine send only as itself.
 *
 * A packet to a service becomes a mark (the service's id), the mark a verdict (how many endpoints, sticky
 * or not), and mark and a random slot the endpoint. What is addressed to the service range and not
 * translated has no endpoints: it is refused at once.
 */
export function renderDataPlaneRules(plan: AddressPlan): string {
  const toServices = `ip daddr ${plan.serviceSubnet}`;
  const chains: readonly (readonly [name: string, hook: string, rules: readonly string[]])[] = [
    [
      'prerouting',
      'type nat hook prerouting priority dstnat',
      [
        'meta mark set ip daddr . meta l4proto . th dport map @services',
        `ip daddr ${plan.uplinkInnerAddress} meta mark set meta l4proto . th dport map @node-ports`,
        'meta mark vmap @picks',
      ],
    ],
    [
      'postrouting',
      'type nat hook postrouting priority srcnat',
      [
        `oifname "${UPLINK}" ip saddr ${plan.subnet} masquerade`,
        `iifname "${UPLINK}" oifname "${UPLINK}" masquerade`,
        'ip saddr . ip daddr @selves masquerade',
      ],
    ],
    [
      'forward',
      'type filter hook forward priority filter',
      [
        'ct state established,related accept',
        `${toServices} meta l4proto tcp reject with tcp reset`,
        `${toServices} reject`,
      ],
    ],
    [
      'input',
      'type filter hook input priority filter',
      [`ip daddr ${plan.uplinkInnerAddress} meta l4proto udp ct state new reject`],
    ],
  ];
  return [
    'add table ip godwit',
    'add map ip godwit services { type ipv4_addr . inet_proto . inet_service : mark; }',
    'add map ip godwit node-ports { type inet_proto . inet_service : mark; }',
    'add map ip godwit picks { type mark : verdict; }',
    'add map ip godwit endpoints { type mark . mark : ipv4_addr . inet_service; }',
    'add map ip godwit sticky-slots { type mark . mark : mark; }',
    'add map ip godwit sticky-endpoints { type mark : ipv4_addr . inet_service; }',
    'add map ip godwit affinity { type mark . ipv4_addr : mark; size 65536; flags dynamic,timeout; timeout 3h; }',
    'add set ip godwit selves { type ipv4_addr . ipv4_addr; }',
    ...renderChains('ip godwit', chains),
    ...renderGuard(),
    '',
  ].join('\n');
}

/** Frames that enter the bridge from a machine: only its own addresses, and DHCP before it has one. */
function renderGuard(): string[] {
  return [
    'add table bridge guard',
    'add set bridge guard stations { type ifname . ether_addr; }',
    'add set bridge guard owners { type ifname . ether_addr . ipv4_addr; }',
    ...renderChains('bridge guard', [
      [
        'frames',
        'type filter hook prerouting priority -300',
        [
          'iifname . ether saddr != @stations drop',
          'ether type arp iifname . arp saddr ether . arp saddr ip @owners accept',
          'ether type arp arp saddr ip 0.0.0.0 iifname . arp saddr ether @stations accept',
          'ether type ip iifname . ether saddr . ip saddr @owners accept',
          'ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept',
          'drop',
        ],
      ],
    ]),
  ];
}

function renderChains(
  table: string,
  chains: readonly (readonly [name: string, hook: string, rules: readonly string[]])[],
): string[] {
  return chains.flatMap(([name, hook, rules]) => [
    `add chain ${table} ${name} { ${hook}; policy accept; }`,
    `flush chain ${table} ${name}`,
    ...rules.map((rule) => `add rule ${table} ${name} ${rule}`),
  ]);
}

/** What the guard and the hairpin rule must know of a machine's interface. */
export interface Station {
  /** Interface on the bridge. */
  readonly port: string;
  readonly mac: string;
  readonly ip: string;
}

function stationElements({ port, mac, ip }: Station): readonly (readonly [set: string, element: string])[] {
  return [
    ['bridge guard stations', `"${port}" . ${mac}`],
    ['bridge guard owners', `"${port}" . ${mac} . ${ip}`],
    ['ip godwit selves', `${ip} . ${ip}`],
  ];
}

export function renderStation(station: Station): string {
  return stationElements(station)
    .map(([set, element]) => `add element ${set} { ${element} }\n`)
    .join('');
}

/** Adding first makes the removal succeed whether it was there or not. */
export function renderStationRemoval(station: Station): string {
  return stationElements(station)
    .map(([set, element]) => `add element ${set} { ${element} }\ndelete element ${set} { ${element} }\n`)
    .join('');
}
