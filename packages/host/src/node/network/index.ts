/**
 * The data plane of one host on Linux: a network namespace with a bridge, nftables, dnsmasq and HAProxy.
 *
 * - `linux-network.ts` the driver: puts the parts together
 * - `data-plane.ts` the namespace, its bridge and uplink; `ports.ts` the machines' interfaces
 * - `firewall.ts` runs nft; `dnsmasq.ts`, `haproxy.ts` keep their daemon; `daemon.ts` what those share
 * - `connections.ts` what conntrack knows; `tcp-channel.ts` connections from the host
 *
 * Machines sit on isolated bridge ports: every packet between them goes through the gateway, which answers
 * ARP for all (RFC 3069). So services between neighbours are translated back on their way home, no machine
 * can poison another's ARP table, and rules apply to all traffic alike.
 */
export * from './data-plane-names.ts';
export * from './linux-network.ts';
