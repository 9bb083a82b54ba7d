import type { VirtualMachineInstanceSpec, VirtualMachineInterface } from '../virtual-machine-instance-spec.ts';
import { PCI_ADDRESS, type Report } from './report.ts';

/** Rules for networks and interfaces, as KubeVirt's admission has them (`pkg/network/admitter`). */

const BINDINGS = ['bridge', 'masquerade', 'sriov', 'passtBinding', 'binding'] as const;
const DISCONTINUED = ['slirp', 'passt', 'macvtap'] as const;
const MODELS = ['e1000', 'e1000e', 'igb', 'ne2k_pci', 'pcnet', 'rtl8139', 'virtio', 'virtio-net-pci'];
const MAC_ADDRESS = /^([\da-f]{2}[:-]){5}[\da-f]{2}$/i;
const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

export function validateNetworks(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const networks = spec.networks ?? [];
  const interfaces = spec.domain.devices.interfaces ?? [];
  const field = `${path}.networks`;
  report.unique(networks, field);
  report.unique(interfaces, `${path}.domain.devices.interfaces`);
  for (const [index, network] of networks.entries()) {
    report.exactlyOne(network, ['pod', 'multus', 'resourceClaim'], `${field}[${index}]`, 'network type');
    if (network.multus?.networkName === '') report.required(`${field}[${index}].multus.networkName`, 'must be set');
    if (!interfaces.some(({ name }) => name === network.name)) {
      report.required(`${field}[${index}].name`, `no interface joins the network "${network.name}"`);
    }
  }
  validateDefaultNetwork(spec, path, report);
  for (const [index, item] of interfaces.entries()) {
    const at = `${path}.domain.devices.interfaces[${index}]`;
    const network = networks.find(({ name }) => name === item.name);
    if (!network) report.invalid(`${at}.name`, `there is no network named "${item.name}" to join`);
    if (item.masquerade && network && !network.pod) {
      report.invalid(`${at}.masquerade`, 'only works with the pod network');
    }
    validateInterface(item, at, report);
  }
}

function validateDefaultNetwork(spec: VirtualMachineInstanceSpec, path: string, report: Report): void {
  const networks = spec.networks ?? [];
  const pods = networks.filter(({ pod }) => pod).length;
  const defaults = networks.filter(({ multus }) => multus?.default).length;
  if (pods > 1) report.add('FieldValueDuplicate', `${path}.networks`, 'can hold the pod network only once');
  if (defaults > 1) report.invalid(`${path}.networks`, 'can have only one default network');
  if (pods > 0 && defaults > 0) {
    report.invalid(`${path}.networks`, 'cannot hold the pod network and another default network');
  }
}

function validateInterface(item: VirtualMachineInterface, field: string, report: Report): void {
  if (!/^[A-Za-z0-9_-]+$/.test(item.name)) {
    report.invalid(`${field}.name`, 'may only contain letters, digits, dashes and underscores');
  }
  for (const binding of DISCONTINUED) {
    if (item[binding]) report.invalid(`${field}.${binding}`, 'KubeVirt has given this binding up since v1.3');
  }
  const bindings = BINDINGS.filter((binding) => item[binding] !== undefined);
  const old = DISCONTINUED.some((binding) => item[binding] !== undefined);
  if (bindings.length !== 1 && !old) report.exactlyOne(item, BINDINGS, field, 'binding');
  report.oneOf(`${field}.model`, item.model, MODELS);
  if (item.macAddress && !MAC_ADDRESS.test(item.macAddress)) {
    report.invalid(`${field}.macAddress`, `"${item.macAddress}" is not a MAC address`);
  }
  if (item.pciAddress && !PCI_ADDRESS.test(item.pciAddress)) {
    report.invalid(`${field}.pciAddress`, `"${item.pciAddress}" is not a PCI address`);
  }
  report.oneOf(`${field}.state`, item.state, ['up', 'down', 'absent']);
  validatePorts(item, field, report);
  validateDhcp(item, `${field}.dhcpOptions`, report);
}

function validatePorts(item: VirtualMachineInterface, field: string, report: Report): void {
  if (item.ports?.length && item.portRanges?.length) report.invalid(field, 'has either ports or portRanges, not both');
  report.unique(item.ports ?? [], `${field}.ports`);
  for (const [index, { name, port, protocol }] of (item.ports ?? []).entries()) {
    const at = `${field}.ports[${index}]`;
    if (name && !PORT_NAME.test(name)) report.invalid(`${at}.name`, `"${name}" is not a port name (RFC 6335)`);
    if (port < 1 || port > 65535) report.invalid(`${at}.port`, 'must be from 1 to 65535');
    report.oneOf(`${at}.protocol`, protocol, ['TCP', 'UDP']);
  }
  for (const [index, range] of (item.portRanges ?? []).entries()) {
    const at = `${field}.portRanges[${index}]`;
    if (range.start < 1 || range.end > 65535 || range.start > range.end) {
      report.invalid(at, 'must begin and end from 1 to 65535, and not end before it begins');
    }
    report.oneOf(`${at}.protocol`, range.protocol, ['TCP', 'UDP']);
  }
}

function validateDhcp(item: VirtualMachineInterface, field: string, report: Report): void {
  const { privateOptions = [], ntpServers = [] } = item.dhcpOptions ?? {};
  const options = privateOptions.map(({ option }) => option);
  if (new Set(options).size < options.length) {
    report.add('FieldValueDuplicate', `${field}.privateOptions`, 'names an option twice');
  }
  for (const [index, option] of options.entries()) {
    if (option < 224 || option > 254) {
      report.invalid(`${field}.privateOptions[${index}].option`, 'must be from 224 to 254');
    }
  }
  for (const [index, server] of ntpServers.entries()) {
    if (!IPV4.test(server)) report.invalid(`${field}.ntpServers[${index}]`, `"${server}" is not an IPv4 address`);
  }
}
