import { readdir } from 'node:fs/promises';
import { Failure } from '@godwit/base';
import { addressNumber } from '@godwit/kinds';
import type { Port, PortRequest } from '../../network-driver.ts';
import { BRIDGE, renderStation, renderStationRemoval, type Station } from '../../services/index.ts';
import { inNamespace, run, script } from './command.ts';
import { addressOfPort, type DataPlaneNames, portName } from './data-plane-names.ts';

/** A machine's interface as the kernel has it. Its alias says whose it is. */
export interface KnownPort extends Station {
  readonly machineUid: string;
  readonly index: number;
  readonly type: PortRequest['type'];
}

const UID = /^[A-Za-z0-9._-]{1,63}$/;
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
const INTERFACE = /^[A-Za-z0-9_.-]{1,15}$/;

/** What goes into a shell script is checked here, once. */
function check(request: PortRequest): void {
  const { address } = request;
  const good =
    UID.test(request.machineUid) &&
    INTERFACE.test(request.interfaceName) &&
    MAC.test(address.mac) &&
    addressNumber(address.ip) !== undefined &&
    addressNumber(address.gateway) !== undefined &&
    Number.isInteger(address.prefixLength) &&
    Number.isInteger(address.mtu) &&
    Number.isInteger(request.index);
  if (!good) throw new Failure('invalid-port', `port of ${request.machineUid} has a bad name or address`);
}

export function podNamespace(names: DataPlaneNames, machineUid: string): string {
  return `${names.podPrefix}${machineUid}`;
}

/** Makes the interface, or repairs it; a machine that runs on it notices nothing. */
export async function createPort(names: DataPlaneNames, request: PortRequest): Promise<KnownPort> {
  check(request);
  const { machineUid, index, type, address } = request;
  const port: KnownPort = { machineUid, index, type, port: portName(address.ip), mac: address.mac, ip: address.ip };
  await script(type === 'namespace' ? podScript(names, request, port) : tapScript(names, request, port));
  return port;
}

export function describePort(names: DataPlaneNames, { machineUid, type, port }: KnownPort): Port {
  return type === 'namespace'
    ? { machineUid, namespacePath: `/run/netns/${podNamespace(names, machineUid)}` }
    : { machineUid, tapName: port, commandPrefix: inNamespace(names.namespace) };
}

/** Lines common to both kinds: ownership, the bridge, no talk but through the gateway, no ARP to be believed. */
function joinBridge(names: DataPlaneNames, port: KnownPort, mtu: number): string {
  return `
nsenter --net=/run/netns/${names.namespace} nft -f - <<END
${renderStation(port)}END
ip -n ${names.namespace} -batch - <<END
link set ${port.port} mtu ${mtu} alias ${port.machineUid}/${port.index}/${port.type}/${port.mac}
link set ${port.port} master ${BRIDGE}
link set ${port.port} type bridge_slave isolated on
link set ${port.port} up
neigh replace ${port.ip} lladdr ${port.mac} dev ${BRIDGE} nud permanent
END
`;
}

/** Containers that are not root may serve low ports and ping: the namespace is theirs alone. */
function podScript(names: DataPlaneNames, request: PortRequest, port: KnownPort): string {
  const pod = podNamespace(names, request.machineUid);
  const { interfaceName: inner, address } = request;
  return `
ip -n ${pod} link show dev lo >/dev/null 2>&1 || { rm -f /run/netns/${pod}; ip netns add ${pod}; }
ip -n ${names.namespace} link show dev ${port.port} >/dev/null 2>&1 && ip -n ${pod} link show dev ${inner} >/dev/null 2>&1 || {
  ip -n ${names.namespace} link del dev ${port.port} 2>/dev/null || true
  ip -n ${pod} link del dev ${inner} 2>/dev/null || true
  ip -n ${names.namespace} link add ${port.port} mtu ${address.mtu} type veth \\
    peer name ${inner} mtu ${address.mtu} address ${address.mac} netns ${pod}
}
${joinBridge(names, port, address.mtu)}
ip -n ${pod} -batch - <<END
link set lo up
link set ${inner} up
addr replace ${address.ip}/${address.prefixLength} dev ${inner}
${request.index === 0 ? `route replace default via ${address.gateway} dev ${inner}` : ''}
END
nsenter --net=/run/netns/${pod} sh -c '
  echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
  echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range' 2>/dev/null || true
`;
}

function tapScript(names: DataPlaneNames, request: PortRequest, port: KnownPort): string {
  return `
ip -n ${names.namespace} link show dev ${port.port} >/dev/null 2>&1 ||
  ip -n ${names.namespace} tuntap add dev ${port.port} mode tap vnet_hdr
${joinBridge(names, port, request.address.mtu)}
`;
}

/** An alias without a MAC is that of a port whose making was interrupted: attaching its machine finishes it. */
function isFinished({ mac }: KnownPort): boolean {
  return MAC.test(mac);
}

/** Takes a machine's interfaces away, with its namespace and what conntrack remembers of it. */
export async function removePorts(
  names: DataPlaneNames,
  machineUid: string,
  ports: readonly KnownPort[],
): Promise<void> {
  const pod = podNamespace(names, machineUid);
  const enter = `nsenter --net=/run/netns/${names.namespace}`;
  const each = ports.map(
    (port) => `
ip -n ${names.namespace} link del dev ${port.port} 2>/dev/null || true
ip -n ${names.namespace} neigh del ${port.ip} dev ${BRIDGE} 2>/dev/null || true
${isFinished(port) ? `${enter} nft -f - <<END\n${renderStationRemoval(port)}END` : ''}
${enter} conntrack -D -r ${port.ip} >/dev/null 2>&1 || true
${enter} conntrack -D -s ${port.ip} >/dev/null 2>&1 || true
`,
  );
  const namespace = `[ ! -e /run/netns/${pod} ] || ip netns del ${pod} || rm -f /run/netns/${pod}\n`;
  await script(each.join('') + namespace);
}

/** Lets the machines that are there speak, whatever became of the rules meanwhile. */
export async function admitPorts(names: DataPlaneNames, ports: Iterable<KnownPort>): Promise<void> {
  const stations = [...ports].filter(isFinished).map(renderStation);
  if (stations.length > 0) await run([...inNamespace(names.namespace), 'nft', '-f', '-'], { input: stations.join('') });
}

/** Interfaces of machines on the bridge. */
export async function readPorts(names: DataPlaneNames): Promise<KnownPort[]> {
  const links = JSON.parse((await run(['ip', '-n', names.namespace, '-j', 'link', 'show'])) || '[]') as readonly {
    readonly ifname: string;
    readonly ifalias?: string;
  }[];
  return links.flatMap(({ ifname, ifalias }) => {
    const ip = addressOfPort(ifname);
    if (ip === undefined) return [];
    const [machineUid = '', index = '0', type, mac = ''] = ifalias?.split('/') ?? [];
    return [
      {
        machineUid,
        index: Number(index),
        type: type === 'tap' ? ('tap' as const) : 'namespace',
        port: ifname,
        mac,
        ip,
      },
    ];
  });
}

/** Machines that have a namespace here, with or without an interface in it. */
export async function readPodNamespaces(names: DataPlaneNames): Promise<string[]> {
  const files = await readdir('/run/netns').catch(() => []);
  return files.filter((file) => file.startsWith(names.podPrefix)).map((file) => file.slice(names.podPrefix.length));
}
