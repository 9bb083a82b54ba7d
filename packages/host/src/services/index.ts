/**
 * Services as values: what Services and EndpointSlices ask of one host, and the texts that make nftables,
 * dnsmasq and HAProxy do it. Everything here is pure; node/network carries it out.
 *
 * - `service-table.ts` Services + EndpointSlices → ServiceTable
 * - `firewall-rules.ts` the fixed rules, `service-rules.ts` the map elements of each service
 * - `dns-records.ts`, `dnsmasq-config.ts` names and DHCP
 * - `load-balancers.ts`, `haproxy-config.ts`, `haproxy-commands.ts` what faces users
 * - `holding.ts` how requests wait for a machine that is woken
 * - `balancer-statistics.ts` what the load balancer counts
 */
export * from './address-plan.ts';
export * from './balancer-statistics.ts';
export * from './dns-records.ts';
export * from './dnsmasq-config.ts';
export * from './firewall-rules.ts';
export * from './haproxy-commands.ts';
export * from './haproxy-config.ts';
export * from './holding.ts';
export * from './load-balancers.ts';
export * from './service-rules.ts';
export * from './service-table.ts';
