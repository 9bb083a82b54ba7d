import { dirname } from 'node:path';
import { hasCode } from '@godwit/base';
import type { AddressPlan } from '../../services/index.ts';
import {
  BRIDGE,
  firstAddress,
  prefixLength,
  renderDataPlaneRules,
  renderHostRules,
  UPLINK,
} from '../../services/index.ts';
import { inNamespace, run, script } from './command.ts';
import type { DataPlaneNames } from './data-plane-names.ts';
import { leaveForeignFirewalls, passForeignFirewalls } from './foreign-firewalls.ts';

/** Makes the namespace, the uplink, the bridge and the fixed rules, or repairs what is missing of them. */
export async function ensureDataPlane(
  names: DataPlaneNames,
  plan: AddressPlan,
  loopbackServer: string | undefined,
): Promise<void> {
  await script(namespaceScript(names, plan));
  await run([...inNamespace(names.namespace), 'sh', '-e'], { input: kernelSettings() });
  const hostRules = renderHostRules({ table: names.table, uplink: names.uplink, plan, loopbackServer });
  await Promise.all([
    loadRules(inNamespace(names.namespace), ['ip godwit', 'bridge guard'], renderDataPlaneRules(plan)),
    loadRules([], [`ip ${names.table}`], hostRules),
  ]);
  await passForeignFirewalls(names);
}

/** Tables of another version, whose chains or maps have other types, are replaced in the same transaction. */
async function loadRules(prefix: readonly string[], tables: readonly string[], rules: string): Promise<void> {
  const load = (input: string) => run([...prefix, 'nft', '-f', '-'], { input });
  try {
    await load(rules);
  } catch (error) {
    if (!hasCode(error, 'program-failed')) throw error;
    const replace = tables.map((table) => `add table ${table}\ndelete table ${table}\n`).join('');
    await load(replace + rules);
  }
}

/** False after somebody flushed the rules of the whole host. */
export function hasHostRules({ table }: DataPlaneNames): Promise<boolean> {
  return run(['nft', 'list', 'chain', 'ip', table, 'guard']).then(
    () => true,
    () => false,
  );
}

/** Tells in a run folder that this host did not forward packets before. */
const FORWARDING_MARK = 'forwarding-was-off';

/** A file under /run/netns without a namespace behind it is what a crash between two system calls leaves. */
function namespaceScript({ namespace, uplink, runFolder }: DataPlaneNames, plan: AddressPlan): string {
  const bits = prefixLength(plan.subnet);
  const mac = `0a:58:${plan.gateway
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
  return `
ip -n ${namespace} link show dev lo >/dev/null 2>&1 || { rm -f /run/netns/${namespace}; ip netns add ${namespace}; }
ip -n ${namespace} link show dev ${UPLINK} >/dev/null 2>&1 && ip link show dev ${uplink} >/dev/null 2>&1 || {
  ip link del dev ${uplink} 2>/dev/null || true
  ip link add ${uplink} mtu ${plan.mtu} type veth peer name ${UPLINK} mtu ${plan.mtu} netns ${namespace}
}
ip -n ${namespace} link show dev ${BRIDGE} >/dev/null 2>&1 ||
  ip -n ${namespace} link add ${BRIDGE} mtu ${plan.mtu} address ${mac} type bridge forward_delay 0 mcast_snooping 0
ip -n ${namespace} -batch - <<END
link set lo up
link set ${BRIDGE} up
link set ${UPLINK} up
addr replace ${plan.gateway}/${bits} dev ${BRIDGE}
addr replace ${plan.uplinkInnerAddress}/30 dev ${UPLINK}
route replace default via ${plan.uplinkHostAddress}
route replace local ${plan.loadBalancerRange} dev lo
END
echo 1 > /proc/sys/net/ipv6/conf/${uplink}/disable_ipv6 2>/dev/null || true
ip -batch - <<END
addr replace ${plan.uplinkHostAddress}/30 dev ${uplink}
link set ${uplink} up
route replace ${firstAddress(plan.subnet)}/${bits} via ${plan.uplinkInnerAddress} dev ${uplink}
route replace ${plan.serviceSubnet} via ${plan.uplinkInnerAddress} dev ${uplink}
route replace ${plan.loadBalancerRange} via ${plan.uplinkInnerAddress} dev ${uplink}
END
[ "$(cat /proc/sys/net/ipv4/ip_forward)" = 1 ] || { : > ${runFolder}/${FORWARDING_MARK}; echo 1 > /proc/sys/net/ipv4/ip_forward; }
echo 1 > /proc/sys/net/ipv4/conf/${uplink}/route_localnet
echo 0 > /proc/sys/net/ipv4/conf/${uplink}/send_redirects
`;
}

/**
 * The kernel's settings in the namespace. The bridge answers ARP for every machine, at once; it never tells
 * machines to talk to each other directly, since their ports are isolated. No IPv6 yet.
 */
function kernelSettings(): string {
  const settings: readonly (readonly [file: string, value: number])[] = [
    ['ipv4/ip_forward', 1],
    ['ipv4/conf/all/rp_filter', 0],
    ['ipv4/conf/default/rp_filter', 0],
    [`ipv4/conf/${BRIDGE}/rp_filter`, 0],
    [`ipv4/conf/${UPLINK}/rp_filter`, 0],
    ['ipv4/conf/all/send_redirects', 0],
    ['ipv4/conf/default/send_redirects', 0],
    [`ipv4/conf/${BRIDGE}/send_redirects`, 0],
    [`ipv4/conf/${UPLINK}/send_redirects`, 0],
    [`ipv4/conf/${BRIDGE}/proxy_arp_pvlan`, 1],
    [`ipv4/neigh/${BRIDGE}/proxy_delay`, 0],
    ['ipv6/conf/all/disable_ipv6', 1],
    ['ipv6/conf/default/disable_ipv6', 1],
    ['bridge/bridge-nf-call-iptables', 0],
    ['bridge/bridge-nf-call-arptables', 0],
  ];
  return settings
    .map(([file, value]) => `[ ! -e /proc/sys/net/${file} ] || echo ${value} > /proc/sys/net/${file}\n`)
    .join('');
}

/**
 * Takes everything away that stands on the host; the namespace takes its own with it. Forwarding is switched
 * off again only if we switched it on and nobody else looks as if they needed it: another data plane, which
 * then inherits that duty, or a bridge.
 */
export async function removeDataPlane(names: DataPlaneNames): Promise<void> {
  const { namespace, uplink, table, podPrefix, runFolder } = names;
  await leaveForeignFirewalls(names);
  await script(`
nft 'add table ip ${table}; delete table ip ${table}'
for file in /run/netns/${podPrefix}*; do
  [ ! -e "$file" ] || ip netns del "\${file##*/}" || rm -f "$file"
done
ip link del dev ${uplink} 2>/dev/null || true
[ ! -e /run/netns/${namespace} ] || ip netns del ${namespace} || rm -f /run/netns/${namespace}
if [ -e ${runFolder}/${FORWARDING_MARK} ]; then
  heir=
  for folder in /run/godwit-*/network; do
    # One that is being removed at this moment is none.
    [ "$folder" = ${runFolder} ] || [ -n "$heir" ] || ! touch "$folder/${FORWARDING_MARK}" 2>/dev/null || heir=$folder
  done
  if [ -z "$heir$(ip -o link show type bridge)" ]; then echo 0 > /proc/sys/net/ipv4/ip_forward; fi
fi
rm -rf ${runFolder}
rmdir ${dirname(runFolder)} 2>/dev/null || true
`);
}
